package compile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestElsewhere tests each response of a compiler process.
func TestElsewhere(t *testing.T) {
	broken := errors.New("broken")
	src := Source{Code: []byte("module"), Limits: manifest.Limits{}.WithDefaults()}
	for want, compile := range map[string]Process{
		"":                         func(_ context.Context, job []byte) ([]byte, error) { return []byte(`{}`), nil },
		"it is no good":            func(context.Context, []byte) ([]byte, error) { return []byte(`{"error":"it is no good"}`), nil },
		"broken":                   func(context.Context, []byte) ([]byte, error) { return nil, broken },
		"of the compiling process": func(context.Context, []byte) ([]byte, error) { return []byte("x"), nil },
		"limit on time or me":      func(ctx context.Context, _ []byte) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() },
	} {
		cfg := Config{Process: compile, Limits: Limits{CPU: time.Millisecond, Time: 50 * time.Millisecond, Memory: -1}}
		if err := elsewhere(t.Context(), cfg, "/c", src); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	var j job
	cfg := Config{Limits: Limits{}.withDefaults(), Process: func(_ context.Context, text []byte) ([]byte, error) {
		head, module, _ := bytes.Cut(text, []byte("\n"))
		return []byte("{}"), errors.Join(json.Unmarshal(head, &j), map[bool]error{false: errors.New("another module")}[string(module) == "module"])
	}}
	if err := elsewhere(t.Context(), cfg, "/c", src); err != nil || j.Dir != "/c" || j.CPU != 10 || j.Memory != 1<<30 || j.Size != 6 || j.Pages != abi.MemoryPages {
		t.Errorf("elsewhere: got the job %+v, %v; want the limits of the configuration", j, err)
	}
	for text, want := range map[string]string{"x": "compile: invalid", "": "compile: EOF", `{"size":3}` + "\nab": "the module has 2 bytes, must have 3", `{"size":1}ab`: "the module has 2 bytes"} {
		var out bytes.Buffer
		if err := Main(t.Context(), strings.NewReader(text), &out, Host{}); err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("%q: got %v, %q, want %q", text, err, &out, want)
		}
	}
	var b bounded
	for range 3 {
		if n, err := b.Write(bytes.Repeat([]byte("x"), 40<<10)); n != 40<<10 || err != nil {
			t.Errorf("Write = %d, %v; want all %d bytes", n, err, 40<<10)
		}
	}
	if b.Len() != 64<<10 {
		t.Errorf("%d bytes are kept", b.Len())
	}
}
