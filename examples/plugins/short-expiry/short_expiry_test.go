package shortexpiry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// event is a view of two fields, enough for both points.
type event struct {
	lifetime int64
	claims   map[string]string
}

func (e *event) Get(key string) (hooks.Value, bool) {
	if key == "lifetime" {
		return hooks.Int(e.lifetime), true
	}
	v, ok := e.claims[key]
	return hooks.String(v), ok
}

func (e *event) Set(key string, v hooks.Value) error {
	if key == "lifetime" {
		e.lifetime, _ = v.Int()
		return nil
	}
	e.claims[key] = v.Text()
	return nil
}

func (e *event) Delete(string) error  { return hooks.ErrReadOnly }
func (e *event) Keys(string) []string { return nil }

type viewer struct{}

func (viewer) View(e *event) hooks.View { return e }
func (viewer) Fields() []hooks.Field    { return nil }

func newEvent(lifetime int64) event { return event{lifetime: lifetime, claims: map[string]string{}} }

// spec returns how cmd/cardea loads the plugin.
func spec(module []byte) plugins.Spec {
	return plugins.Spec{
		Module:   module,
		Manifest: Manifest(),
		Config:   map[string]string{"claim": "plan", "value": "gold"},
		Grants:   manifest.Grants{Write: []string{"lifetime", "claim.plan"}},
	}
}

// load returns a function that applies the module at both points.
func load(t *testing.T, cfg plugins.Config, s plugins.Spec) (func(event) event, error) {
	t.Helper()
	ctx := context.Background()
	cfg.InProcess = true // the Go build has a different digest on each machine
	host, err := plugins.Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { host.Close(ctx) })
	p, err := host.Load(ctx, s)
	if err != nil {
		return nil, err
	}
	var points []*hooks.Filter[event]
	for _, name := range p.Points() {
		point := hooks.NewFilter[event](name).WithView(viewer{})
		if err := p.Bind(point, plugins.Binding{OnError: plugins.Deny}); err != nil {
			t.Fatal(err)
		}
		points = append(points, point)
	}
	return func(e event) event {
		t.Helper()
		for _, point := range points {
			if e, err = point.Apply(ctx, e); err != nil {
				t.Fatal(err)
			}
		}
		return e
	}, nil
}

func checkBehaviour(t *testing.T, module []byte) {
	t.Helper()
	run, err := load(t, plugins.Config{}, spec(module))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ proposed, want int64 }{{604800, 7200}, {7201, 7200}, {7200, 7200}, {900, 900}} {
		got := run(newEvent(test.proposed))
		if got.lifetime != test.want {
			t.Errorf("lifetime %d became %d, want %d", test.proposed, got.lifetime, test.want)
		}
		if got.claims["claim.plan"] != "gold" {
			t.Errorf("claims = %v, want claim.plan=gold", got.claims)
		}
	}
}

func TestModule_behaviour(t *testing.T) { checkBehaviour(t, Module()) }

func TestModule_withoutClaim(t *testing.T) {
	s := spec(Module())
	s.Config = nil
	run, err := load(t, plugins.Config{}, s)
	if err != nil {
		t.Fatal(err)
	}
	if got := run(newEvent(604800)); len(got.claims) != 0 || got.lifetime != 7200 {
		t.Errorf("got %+v; want no claim and 7200", got)
	}
}

func TestModule_badConfig(t *testing.T) {
	for name, config := range map[string]map[string]string{
		"no value":   {"claim": "plan"},
		"long claim": {"claim": string(bytes.Repeat([]byte("x"), 65)), "value": "gold"},
		"long value": {"claim": "plan", "value": string(bytes.Repeat([]byte("x"), 257))},
	} {
		s := spec(Module())
		s.Config = config
		if _, err := load(t, plugins.Config{}, s); err == nil {
			t.Errorf("%s: loaded, want an error", name)
		}
	}
}

func TestModule_digestAndSize(t *testing.T) {
	sum := sha256.Sum256(Module())
	if got := hex.EncodeToString(sum[:]); got != SHA256() {
		t.Errorf("SHA256SUMS says %s, the module has %s", SHA256(), got)
	}
	if n := len(Module()); n >= 20<<10 {
		t.Errorf("the module has %d bytes, want under 20 KB", n)
	}
}

// TestModule_rebuilt compiles the source again: the module in the tree must be the same.
func TestModule_rebuilt(t *testing.T) {
	parts.Find(t, "clang", "clang", "lld")
	parts.Find(t, "wasm-ld", "lld")
	out := filepath.Join(t.TempDir(), "short-expiry.wasm")
	build := exec.Command("clang", "--target=wasm32", "-Os", "-nostdlib", "-Wall", "-Wextra", "-Werror",
		"-I../../../plugins/sdk/c", "-Wl,--no-entry", "-Wl,-z,stack-size=16384", "-Wl,--strip-all", "-o", out, "c/short_expiry.c")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, Module()) {
		t.Logf("this clang makes other bytes (%d against %d); comparing behaviour", len(got), len(Module()))
		checkBehaviour(t, got)
	}
}
