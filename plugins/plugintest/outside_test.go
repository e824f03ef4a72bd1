package plugintest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/plugintest"
)

// enrich returns the plugin of the gallery that uses kv and HTTP.
func enrich(t *testing.T) plugintest.Module {
	t.Helper()
	var m plugintest.Module
	for file, to := range map[string]*[]byte{"http-enrich.wasm": &m.Wasm, "http-enrich.json": &m.Manifest} {
		text, err := os.ReadFile(filepath.Join("..", "..", "examples", "plugins", "http-enrich", file))
		if err != nil {
			t.Fatal(err)
		}
		*to = text
	}
	return m
}

// TestRun_outside: a hook's kv and HTTP calls are answered and compared by the vector.
func TestRun_outside(t *testing.T) {
	const head = `{"name":"x","point":"token-claims","event":{"user.sub":"7"},"config":{"url":"https://api.example.com/users/"},`
	const answer = `"http":[{"request":"GET https://api.example.com/users/7","response":"{}"}],`
	for vector, want := range map[string]string{
		head + `"want":{"status":"not_applicable"}}`:                                                                       "no answer for that: add it to http",
		head + answer + `"want":{"journal":{"claim.profile":{}},"requests":[]}}`:                                           `want []`,
		head + answer + `"want":{"journal":{"claim.profile":{}},"kv":{"profile:7":null}}}`:                                 `keeps "{}", want nothing`,
		head + answer + `"want":{"journal":{"claim.profile":{}},"kv":{"other":"1"}}}`:                                      `keeps nothing, want "1"`,
		head + answer + `"want":{"journal":{"claim.profile":{}},"metrics":{"seen":1}}}`:                                    "counts map[]",
		head + `"http":[{"request":"GET https://api.example.com/users/7","body":"x"}],"want":{"status":"not_applicable"}}`: "no answer for that",
	} {
		res := run(t, enrich(t), vector)
		if res.OK() || !strings.Contains(strings.Join(res.Problems, "\n"), want) {
			t.Errorf("%s:\n\tgot %q, want %q", vector, res.Problems, want)
		}
	}
}

// TestSelfTest: a plugin is activated only if its own vectors pass.
func TestSelfTest(t *testing.T) {
	ctx := context.Background()
	host, err := plugins.Open(ctx, plugins.Config{InProcess: true, SelfTest: plugintest.SelfTest(plugins.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(ctx)
	m := module()
	load := func(vectors string) error {
		p, err := host.Load(ctx, plugins.Spec{Module: m.Wasm, Manifest: m.Manifest, Vectors: []byte(vectors)})
		if err != nil {
			return err
		}
		return p.Close(ctx)
	}
	if err := load(`{"vectors":[{"name":"cuts","point":"auth-expire","event":{"lifetime":9000},"want":{"journal":{"lifetime":7200}}}]}`); err != nil {
		t.Error(err)
	}
	for vectors, want := range map[string]string{
		`{"vectors":[{"name":"cuts","point":"auth-expire","event":{"lifetime":9000},"want":{"journal":{"lifetime":60}}}]}`: "want lifetime=60",
		`{`: "vectors",
	} {
		if err := load(vectors); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", vectors, err, want)
		}
	}
}

// counting is a compiler that leaves the work to the calling process, and counts.
func counting(n *int) plugins.Compiler {
	return func(context.Context, []byte) ([]byte, error) {
		*n++
		return []byte("{}"), nil
	}
}

// TestSelfTest_seeds: each seed starts a new instance, and the module is compiled once.
func TestSelfTest_seeds(t *testing.T) {
	var list []string
	for n := range 50 {
		list = append(list, fmt.Sprintf(`{"name":"%d","point":"auth-expire","seed":%d,"event":{"lifetime":9000},"want":{"journal":{"lifetime":7200}}}`, n, n))
	}
	compiled := 0
	test := plugintest.SelfTest(plugins.Config{Compiler: counting(&compiled)})
	m := module()
	c := plugins.Candidate{Module: m.Wasm, Manifest: m.Manifest, Vectors: []byte(`{"vectors":[` + strings.Join(list, ",") + `]}`)}
	if err := test(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if compiled != 1 {
		t.Errorf("compiled %d times", compiled)
	}
}

// TestSelfTest_bounds: too many vectors, or slow ones, are refused.
func TestSelfTest_bounds(t *testing.T) {
	var list []string
	for n := range 501 {
		list = append(list, fmt.Sprintf(`{"name":"%d","point":"auth-expire","seed":%d}`, n, n))
	}
	m := module()
	c := plugins.Candidate{Module: m.Wasm, Manifest: m.Manifest, Vectors: []byte(`{"vectors":[` + strings.Join(list, ",") + `]}`)}
	if err := plugintest.SelfTest(plugins.Config{})(t.Context(), c); err == nil || !strings.Contains(err.Error(), "at most 500") {
		t.Errorf("501 vectors: got %v, want an error with %q", err, "at most 500")
	}
	c.Vectors = []byte(`{"vectors":[` + list[0] + `]}`)
	synctest.Test(t, func(t *testing.T) {
		forever := func(ctx context.Context, _ []byte) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		start := time.Now()
		err := plugintest.SelfTest(plugins.Config{Compiler: forever})(t.Context(), c)
		if err == nil || !strings.Contains(err.Error(), "take more than 10s") || time.Since(start) != 10*time.Second {
			t.Errorf("slow vectors: %v after %s", err, time.Since(start))
		}
	})
}
