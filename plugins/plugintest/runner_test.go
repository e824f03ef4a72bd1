package plugintest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	shortexpiry "github.com/cardea-auth/cardea/examples/plugins/short-expiry"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/plugintest"
)

func module() plugintest.Module {
	return plugintest.Module{Wasm: shortexpiry.Module(), Manifest: shortexpiry.Manifest()}
}

const vectors = "../../examples/plugins/short-expiry/testdata/vectors.json"

func TestTest(t *testing.T) { plugintest.Test(t, module(), vectors) }

// recorder stands in for *testing.T.
type recorder struct{ lines []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func TestTest_unreadable(t *testing.T) {
	var r recorder
	plugintest.Test(&r, module(), "testdata/none.json")
	if len(r.lines) != 1 || !strings.Contains(r.lines[0], "none.json") {
		t.Errorf("got %q, want one line about the file", r.lines)
	}
}

// run parses one vector as if it were in a file, and runs it.
func run(t *testing.T, m plugintest.Module, vector string) plugintest.Result {
	t.Helper()
	file, err := plugintest.Parse([]byte(`{"vectors":[` + vector + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	r, err := plugintest.Open(ctx, m, plugins.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(ctx)
	res, err := r.Run(ctx, file.Vectors[0])
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestRun_problems: each expectation that is not met is named.
func TestRun_problems(t *testing.T) {
	for vector, want := range map[string]string{
		`{"name":"x","point":"auth-expire","event":{"lifetime":9000},"want":{"status":"stop","journal":{"lifetime":7200}}}`:                             "status is continue, want stop",
		`{"name":"x","point":"auth-expire","event":{"lifetime":9000},"want":{"journal":{"lifetime":7201}}}`:                                             "changes are lifetime=7200, want lifetime=7201",
		`{"name":"x","point":"auth-expire","event":{"lifetime":9000},"want":{}}`:                                                                        "changes are lifetime=7200, want nothing",
		`{"name":"x","point":"auth-expire","event":{"lifetime":9000},"want":{"journal":{"lifetime":7200},"max_fuel":1}}`:                                "units of fuel, want at most 1",
		`{"name":"x","point":"auth-expire","event":{"lifetime":9000},"want":{"journal":{"lifetime":7200},"log":["hello"]}}`:                             `the log has [], want ["hello"]`,
		`{"name":"x","point":"auth-expire","event":{"lifetime":9000},"grants":{"read":["lifetime"]},"want":{"status":"fault","fault":"fuel"}}`:          `fault is "reported", want "fuel"`,
		`{"name":"x","point":"auth-expire","event":{"lifetime":9000},"grants":{"read":["lifetime"]},"want":{"status":"fault","error":"quite another"}}`: `want "quite another" in it`,
		`{"name":"x","point":"auth-expire","config":{"claim":"plan"},"want":{}}`:                                                                        "it does not load",
		`{"name":"x","point":"auth-expire","want":{"load_error":"never"}}`:                                                                              "it loads, want an error",
		`{"name":"x","point":"auth-expire","config":{"claim":"plan"},"want":{"load_error":"never"}}`:                                                    `want "never" in that`,
	} {
		res := run(t, module(), vector)
		if res.OK() || !strings.Contains(strings.Join(res.Problems, "\n"), want) {
			t.Errorf("%s:\n\tgot %q, want %q", vector, res.Problems, want)
		}
	}
}

// TestRun_deterministic: the same vector uses the same fuel and gives the same result,
// alone or after others.
func TestRun_deterministic(t *testing.T) {
	const vector = `{"name":"x","point":"auth-expire","event":{"lifetime":9000},"seed":7,"want":{"journal":{"lifetime":7200}}}`
	first, second := run(t, module(), vector), run(t, module(), vector)
	if first.Fuel == 0 || first.Fuel != second.Fuel || first.HostCalls != 2 {
		t.Errorf("fuel %d, then %d; %d host calls", first.Fuel, second.Fuel, first.HostCalls)
	}
}

// TestRun_lifetime: exp and lifetime are the same quantity under two names.
func TestRun_lifetime(t *testing.T) {
	res := run(t, module(), `{"name":"x","point":"auth-expire","event":{"iat":1000,"exp":10000},"want":{"journal":{"lifetime":7200}}}`)
	if !res.OK() {
		t.Error(res.Problems)
	}
}

// TestActual: a vector written by --update passes.
func TestActual(t *testing.T) {
	res := run(t, module(), `{"name":"x","point":"auth-expire","event":{"lifetime":9000},"want":{"status":"stop"}}`)
	if res.OK() {
		t.Fatal("a wrong expectation passed")
	}
	if want := res.Actual(); want.Status != plugintest.Continue || string(want.Journal["lifetime"]) != "7200" || want.MaxFuel != 2*res.Fuel {
		t.Errorf("Actual() = %+v, want lifetime 7200 and twice the fuel", want)
	}
}

func digest(module []byte) string {
	sum := sha256.Sum256(module)
	return hex.EncodeToString(sum[:])
}
