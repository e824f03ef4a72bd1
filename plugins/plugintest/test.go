package plugintest

import (
	"context"
	"os"
	"strings"

	"github.com/cardea-auth/cardea/plugins"
)

// T is the part of *testing.T that [Test] needs.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Test runs a file of vectors against a module and reports each problem. Call it in a
// plugin's Go test:
//
//	plugintest.Test(t, plugintest.Module{Wasm: wasm, Manifest: manifest}, "testdata/vectors.json")
func Test(t T, m Module, vectors string) {
	t.Helper()
	file, err := Read(vectors)
	if err != nil {
		t.Fatalf("%v", err)
		return
	}
	cache, err := os.MkdirTemp("", "cardea-vectors-") // a module is compiled once for all setups
	if err != nil {
		t.Fatalf("%v", err)
		return
	}
	defer os.RemoveAll(cache)
	ctx := context.Background()
	r, err := Open(ctx, m, plugins.Config{CacheDir: cache})
	if err != nil {
		t.Fatalf("%v", err)
		return
	}
	for _, v := range file.Vectors {
		res, err := r.Run(ctx, v)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		if !res.OK() {
			t.Errorf("%s:\n\t%s", v.Name, strings.Join(res.Problems, "\n\t"))
		}
	}
	if err := r.Close(ctx); err != nil {
		t.Errorf("%v", err)
	}
}
