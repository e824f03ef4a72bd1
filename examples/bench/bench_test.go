package bench

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	extism "github.com/extism/go-sdk"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

const (
	proposed = 604800
	longest  = 7200
)

// lifetime is the event; its view has one field.
type lifetime struct{ seconds int64 }

type view struct{ e *lifetime }

func (v view) Get(key string) (hooks.Value, bool) { return hooks.Int(v.e.seconds), key == "lifetime" }

func (v view) Set(key string, value hooks.Value) error {
	n, ok := value.Int()
	if key != "lifetime" || !ok {
		return hooks.ErrUnknownField
	}
	v.e.seconds = n
	return nil
}

func (view) Delete(string) error  { return hooks.ErrReadOnly }
func (view) Keys(string) []string { return []string{"lifetime"} }

type viewer struct{}

func (viewer) View(e *lifetime) hooks.View { return view{e} }
func (viewer) Fields() []hooks.Field       { return nil }

// build compiles a Go guest.
func build(tb testing.TB, dir, source string) []byte {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "guest.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-ldflags=-s -w", "-o", file, source)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, out)
	}
	module, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return module
}

func cardea(tb testing.TB, module []byte, isolation string) func() int64 {
	tb.Helper()
	ctx := context.Background()
	host, err := plugins.Open(ctx, plugins.Config{InProcess: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { host.Close(ctx) })
	p, err := host.Load(ctx, plugins.Spec{Name: "bench", Module: module, Isolation: isolation, Grants: manifest.Grants{Write: []string{"lifetime"}}})
	if err != nil {
		tb.Fatal(err)
	}
	point := hooks.NewFilter[lifetime]("auth-expire").WithView(viewer{})
	if err := p.Bind(point, plugins.Binding{}); err != nil {
		tb.Fatal(err)
	}
	return func() int64 {
		out, err := point.Apply(ctx, lifetime{proposed})
		if err != nil {
			tb.Fatal(err)
		}
		return out.seconds
	}
}

func extismPlugin(tb testing.TB, module []byte) func() int64 {
	tb.Helper()
	ctx := context.Background()
	p, err := extism.NewPlugin(ctx, extism.Manifest{Wasm: []extism.Wasm{extism.WasmData{Data: module}}}, extism.PluginConfig{EnableWasi: true}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { p.Close(ctx) })
	return func() int64 {
		_, out, err := p.Call("shorten", strconv.AppendInt(nil, proposed, 10))
		if err != nil {
			tb.Fatal(err)
		}
		n, err := strconv.ParseInt(string(out), 10, 64)
		if err != nil {
			tb.Fatal(err)
		}
		return n
	}
}

// TestSameJob: both do the same.
func TestSameJob(t *testing.T) {
	for name, call := range map[string]func() int64{
		"cardea": cardea(t, build(t, "../..", "./examples/plugins/short-expiry/go"), plugins.Reset),
		"extism": extismPlugin(t, build(t, ".", "./extismguest")),
	} {
		for range 3 {
			if got := call(); got != longest {
				t.Errorf("%s: %d, want %d", name, got, longest)
			}
		}
	}
}

// BenchmarkHook alternates runs of 200 calls, so that both run under the same load, and
// reports the fastest run of each and their ratio.
func BenchmarkHook(b *testing.B) {
	ours := build(b, "../..", "./examples/plugins/short-expiry/go")
	theirs := extismPlugin(b, build(b, ".", "./extismguest"))
	for _, isolation := range []string{plugins.Reuse, plugins.Reset} {
		b.Run(isolation, func(b *testing.B) {
			calls := []func() int64{cardea(b, ours, isolation), theirs}
			best := []time.Duration{time.Hour, time.Hour}
			const turn = 200
			for b.Loop() {
				for n, call := range calls {
					begun := time.Now()
					for range turn {
						call()
					}
					best[n] = min(best[n], time.Since(begun)/turn)
				}
			}
			b.ReportMetric(float64(best[0]), "ns/cardea")
			b.ReportMetric(float64(best[1]), "ns/extism")
			b.ReportMetric(float64(best[1])/float64(best[0]), "extism/cardea")
			b.ReportMetric(0, "ns/op")
		})
	}
}
