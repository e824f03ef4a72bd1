package plugins

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestFault_classes: of each error the class, and what says something about the guest.
func TestFault_classes(t *testing.T) {
	wrapped := func(err error) error { return errors.Join(errors.New("call"), err) }
	other := errors.New("other")
	for err, want := range map[error][2]string{
		ErrClosed: {FaultClosed, FaultTrap}, errBusy: {FaultBusy, FaultTrap}, wasm.ErrHost: {FaultHost, FaultHost}, wasm.ErrFuel: {FaultStart, FaultFuel}, errCalls: {FaultStart, FaultCalls}, wasm.ErrStack: {FaultStart, FaultStack}, concurrency.ErrFull: {FaultStart, FaultBusy}, other: {FaultStart, FaultTrap},
	} {
		if poolClass(wrapped(err)) != want[0] || callClass(wrapped(err)) != want[1] {
			t.Errorf("%v: got %s, %s, want %v", err, poolClass(wrapped(err)), callClass(wrapped(err)), want)
		}
	}
	for _, class := range []string{FaultTrap, FaultFuel, FaultCalls, FaultStatus, FaultReported, FaultCommit, FaultStart, FaultStack, FaultHost} {
		if !(&Fault{Class: class}).counts() {
			t.Errorf("%s does not count", class)
		}
	}
	for class, err := range map[string]error{FaultClosed: nil, FaultPaused: nil, FaultBusy: errBusy} {
		if (&Fault{Class: class, Err: err}).counts() {
			t.Errorf("%s counts", class)
		}
	}
	if !(&Fault{Class: FaultBusy, Err: shortError{errShare}}).counts() {
		t.Error("more than its share does not count")
	}
	f := &Fault{Plugin: "p", Point: "x", Class: FaultTrap, Err: shortError{other}}
	if !errors.Is(f, other) || f.Error() != "plugin p at x: trap: other" {
		t.Errorf("got %v", f)
	}
}

// TestCompileElsewhere: what a compiling process may answer, and what becomes of it.
func TestCompileElsewhere(t *testing.T) {
	broken := errors.New("broken")
	src := source{module: []byte("module"), limits: manifest.Limits{}.WithDefaults()}
	for want, compile := range map[string]Compiler{
		"":                func(_ context.Context, job []byte) ([]byte, error) { return []byte(`{}`), nil },
		"it is no good":   func(context.Context, []byte) ([]byte, error) { return []byte(`{"error":"it is no good"}`), nil },
		"broken":          func(context.Context, []byte) ([]byte, error) { return nil, broken },
		"process says":    func(context.Context, []byte) ([]byte, error) { return []byte("x"), nil },
		"more time or me": func(ctx context.Context, _ []byte) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() },
	} {
		h := &Host{dir: "/c", cfg: Config{Compiler: compile, Compile: CompileLimits{CPU: time.Millisecond, Time: 50 * time.Millisecond, Memory: -1}}}
		if err := h.compileElsewhere(t.Context(), src); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	var j job
	h := &Host{dir: "/c", cfg: Config{Compile: CompileLimits{}.withDefaults(), Compiler: func(_ context.Context, text []byte) ([]byte, error) {
		head, module, _ := bytes.Cut(text, []byte("\n"))
		return []byte("{}"), errors.Join(json.Unmarshal(head, &j), map[bool]error{false: errors.New("another module")}[string(module) == "module"])
	}}}
	if err := h.compileElsewhere(t.Context(), src); err != nil || j.Dir != "/c" || j.CPU != 10 || j.Memory != 1<<30 || j.Size != 6 || j.Pages != abi.MemoryPages {
		t.Errorf("got %+v, %v", j, err)
	}
	for text, want := range map[string]string{"x": "compile: invalid", "": "compile: EOF", `{"size":3}` + "\nab": "2 bytes of module, 3 were announced", `{"size":1}ab`: "2 bytes of module"} {
		var out bytes.Buffer
		if err := CompilerMain(t.Context(), strings.NewReader(text), &out); err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("%q: got %v, %q, want %q", text, err, &out, want)
		}
	}
	var b bounded
	for range 3 {
		if n, err := b.Write(bytes.Repeat([]byte("x"), 40<<10)); n != 40<<10 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
	}
	if b.Len() != 64<<10 {
		t.Errorf("%d bytes are kept", b.Len())
	}
}
