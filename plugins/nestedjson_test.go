package plugins_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestSetJSON_nested: JSON that parsers read differently is refused at any depth of a
// value.
func TestSetJSON_nested(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	within := map[string]func(string) string{
		"alone":           func(v string) string { return v },
		"in a list":       func(v string) string { return `[1,` + v + `,2]` },
		"last in a list":  func(v string) string { return `[1,` + v + `]` },
		"in an object":    func(v string) string { return `{"a":` + v + `,"b":1}` },
		"deeper":          func(v string) string { return `{"a":[{"b":[` + v + `]}]}` },
		"after an object": func(v string) string { return `[{"a":1},` + v + `]` },
	}
	for value, good := range map[string]bool{
		`{"x":1,"y":1}`: true, `{"x":{"x":1}}`: true, `[]`: true, `{}`: true, `"\ud83d\ude00"`: true,
		`{"x":1,"x":1}`: false, `{"x":1,"\u0078":1}`: false, `"\ud800"`: false, `{"\ude00":1}`: false, `1e999`: false,
		`{"x":}`: false, `{"x" 1}`: false, `{1:1}`: false, `[1,]`: false, `[1 2]`: false, `{"x":[}`: false,
	} {
		for where, place := range within {
			want := abi.OK
			if !good {
				want = abi.BadArgument
			}
			text := place(value)
			if got := setJSON(t, text); got != want {
				t.Errorf("%s: %s gives %d, want %d", where, text, got, want)
			}
		}
	}
	for depth, want := range map[int]abi.Result{31: abi.OK, 33: abi.BadArgument} {
		if got := setJSON(t, deep(depth)); got != want {
			t.Errorf("%d deep: %d, want %d", depth, got, want)
		}
	}
}

// setJSON sets a claim from a plugin, and returns the host's result.
func setJSON(t *testing.T, text string) abi.Result {
	t.Helper()
	said := result(t, "token-claims", manifest.Grants{Write: []string{"claim.*"}}, func(g *guest) []byte {
		return g.call("set_json", g.text("claim.a"), g.text(text))
	})
	switch said {
	case "0":
		return abi.OK
	case "-3":
		return abi.BadArgument
	}
	t.Fatalf("%s: the host says %s", text, said)
	return 0
}

// TestHost_Close_directory: Close removes the host's own temporary directory, and keeps a
// configured one.
func TestHost_Close_directory(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp) // of Windows
	for _, given := range []string{"", filepath.Join(t.TempDir(), "cache")} {
		cfg := apart()
		cfg.CacheDir = given
		host, err := plugins.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := os.ReadDir(temp); err != nil || given == "" && len(list) == 0 {
			t.Fatalf("it has no directory of its own: %v, %v", list, err)
		}
		if err := host.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if list, err := os.ReadDir(temp); err != nil || len(list) > 0 {
			t.Errorf("given %q: it leaves %v, %v", given, list, err)
		}
		if _, err := os.Stat(given); given != "" && err != nil {
			t.Errorf("Close removed the given directory: %v", err)
		}
	}
}
