package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/cardea-auth/cardea/"

// pkg is part of the output of go list.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// importRow is a row of the table of which package may import which. Names are
// relative to the module; "x/..." covers x and everything below it.
type importRow struct {
	of     string
	cardea []string // packages of Cardea that may be imported
	homes  []string // libraries that only this row may import, besides the standard library
}

// importTable is the import table. The most specific row applies to a package.
var importTable = []importRow{
	// Leaves: the standard library, core/api, and one library each.
	{of: "core/api"},
	{of: "core/files"},
	{of: "core/ijson"},
	{of: "core/printable", cardea: []string{"core/api"}},
	{of: "core/suggest"},
	{of: "core/chore", cardea: []string{"core/files"}},
	{of: "hooks"},
	{of: "hooks/view", cardea: []string{"core/api", "core/route", "core/token", "hooks"}},
	{of: "hooks/expr", cardea: []string{"core/api", "core/route", "hooks", "plugins/abi", "plugins/catalogue"}, homes: []string{"github.com/expr-lang/expr"}},
	{of: "core/route", cardea: []string{"core/api"}},
	{of: "core/credential", cardea: []string{"core/api"}},
	{of: "core/token", cardea: []string{"core/api"}, homes: []string{"github.com/golang-jwt/jwt/v5"}},
	{of: "core/netguard"},
	{of: "core/logtest"},
	{of: "core/keys/internal/roca"},
	{of: "core/keys/internal/fetch", cardea: []string{"core/netguard", "core/printable"}},
	{of: "core/keys/internal/certified"},
	{of: "core/keys/internal/members"},
	{of: "core/keys/internal/jwktest"},
	{of: "core/keys", cardea: []string{"core/api", "core/files", "core/ijson", "core/keys/internal/..."}, homes: []string{"github.com/lestrrat-go/jwx/v2"}},
	{of: "core/keys/issuerkeys", cardea: []string{"core/api", "core/keys", "core/keys/internal/fetch", "core/keys/internal/members", "core/printable"}},
	{of: "core/session", cardea: []string{"core/api"}},
	{of: "core/throttle", cardea: []string{"core/api"}},
	{of: "core/users/internal/passhash", homes: []string{"golang.org/x/crypto"}},
	{of: "core/users", cardea: []string{"core/api", "core/users/internal/passhash"}},
	{of: "core/users/wordpress", cardea: []string{"core/api", "core/printable", "core/users"}, homes: []string{"github.com/go-sql-driver/mysql", "golang.org/x/text"}},
	{of: "core/users/directorytest", cardea: []string{"core/api", "core/users"}},
	{of: "core/store", cardea: []string{"core/api", "core/session", "core/users"}},
	{of: "core/store/memory", cardea: []string{"core/api", "core/session", "core/store"}},
	{of: "core/store/internal/sqlrow"},
	{of: "core/store/sqlite", cardea: []string{"core/api", "core/files", "core/session", "core/store", "core/store/internal/sqlrow"}, homes: []string{"modernc.org/sqlite", "github.com/pressly/goose/v3"}},
	{of: "core/store/storetest", cardea: []string{"core/api", "core/keys", "core/session", "core/store", "core/throttle"}, homes: []string{"github.com/google/go-cmp"}},

	// The parts of the engine, lowest first: none imports the engine.
	{of: "core/internal/narrow", cardea: []string{"core/api", "hooks"}},
	{of: "core/point", cardea: []string{"core/api", "core/internal/narrow", "core/route", "hooks", "hooks/view"}},
	{of: "core/point/internal/generate"},
	{of: "core/internal/judge", cardea: []string{"core/api", "core/internal/narrow", "core/point", "core/token", "hooks", "hooks/view"}},
	{of: "core/policy", cardea: []string{"core/api", "core/point", "core/route", "core/token"}},
	{of: "core/internal/filename", cardea: []string{"core/api", "core/route"}},
	{of: "core/internal/compiled", cardea: []string{"core/api", "core/credential", "core/internal/filename", "core/internal/judge", "core/point", "core/policy", "core/route", "core/token", "core/users", "hooks"}},
	{of: "core/internal/storeerr", cardea: []string{"core/api"}},
	{of: "core/internal/events", cardea: []string{"core/api", "core/point", "core/printable", "core/route", "hooks"}},
	{of: "core/internal/directory", cardea: []string{"core/api", "core/internal/compiled", "core/internal/narrow", "core/internal/storeerr", "core/policy", "core/session", "core/users"}},
	{of: "core/internal/env", cardea: []string{"core/api", "core/internal/compiled", "core/internal/directory", "core/internal/events", "core/keys", "core/point", "core/policy", "core/session", "core/store", "core/users"}},
	{of: "core/internal/cache", cardea: []string{"core/api", "core/internal/compiled"}},
	{of: "core/internal/loginafter", cardea: []string{"core/api", "core/internal/compiled", "core/internal/env", "core/internal/judge", "core/internal/narrow", "core/point", "core/policy"}},
	{of: "core/internal/verify", cardea: []string{"core/api", "core/internal/compiled", "core/internal/directory", "core/internal/env", "core/internal/narrow", "core/point", "core/policy", "core/token"}},
	{of: "core/internal/revoke", cardea: []string{"core/api", "core/credential", "core/internal/compiled", "core/internal/env", "core/internal/storeerr", "core/internal/verify", "core/point", "core/policy", "core/session", "core/users"}},
	{of: "core/internal/standing", cardea: []string{"core/api", "core/internal/env", "core/users"}},
	{of: "core/internal/operator", cardea: []string{"core/api", "core/credential", "core/internal/compiled", "core/internal/env", "core/internal/revoke", "core/internal/standing", "core/internal/storeerr", "core/internal/verify", "core/policy", "core/session"}},
	{of: "core/internal/issue", cardea: []string{"core/api", "core/internal/compiled", "core/internal/env", "core/internal/judge", "core/internal/loginafter", "core/internal/narrow", "core/internal/revoke", "core/internal/standing", "core/point", "core/policy", "core/route", "core/session", "core/throttle", "core/token", "hooks"}},
	{of: "core/internal/login", cardea: []string{"core/api", "core/internal/cache", "core/internal/compiled", "core/internal/env", "core/internal/judge", "core/internal/loginafter", "core/point", "core/route", "core/throttle", "core/users"}},
	{of: "core/internal/authenticate", cardea: []string{"core/api", "core/credential", "core/internal/cache", "core/internal/compiled", "core/internal/directory", "core/internal/env", "core/internal/judge", "core/internal/login", "core/internal/loginafter", "core/internal/narrow", "core/internal/verify", "core/point", "core/policy", "core/route", "core/throttle"}},

	// The engine imports leaves, and of the stores only the one in memory.
	{of: "core", cardea: []string{"core/api", "core/chore", "core/internal/...", "core/point", "core/policy", "core/printable", "core/route", "core/credential", "core/keys", "core/session", "core/throttle", "core/users", "core/store", "core/store/memory"}},

	{of: "core/coretest", cardea: []string{"core", "core/api"}},

	// Methods: the engine, never a sibling.
	{of: "methods/all", cardea: []string{"core", "methods/..."}},
	{of: "methods/...", cardea: []string{"core", "core/api", "core/credential"}},

	// Plugins.
	{of: "plugins/abi"},
	{of: "plugins/catalogue", cardea: []string{"hooks", "plugins/abi"}},
	{of: "plugins/sdk/...", cardea: []string{"plugins/abi"}},
	{of: "plugins/manifest", cardea: []string{"core/api", "core/ijson", "core/keys", "core/printable", "core/route", "core/suggest", "plugins/abi", "plugins/internal/meter"}},
	{of: "plugins/internal/compile", cardea: []string{"plugins/abi", "plugins/internal/meter", "plugins/internal/wasm", "plugins/manifest"}},
	{of: "plugins/internal/fetch", cardea: []string{"core/netguard", "plugins/manifest"}},
	{of: "plugins/internal/wasm", cardea: []string{"plugins/internal/meter"}, homes: []string{"github.com/tetratelabs/wazero", "golang.org/x/sys"}},
	{of: "plugins/internal/meter"},
	{of: "plugins/internal/asm"},
	{of: "plugins/internal/concurrency"},
	{of: "plugins/internal/sandbox", cardea: []string{"core/api", "core/ijson", "core/printable", "core/route", "hooks", "plugins/abi", "plugins/internal/concurrency", "plugins/internal/fetch", "plugins/internal/wasm", "plugins/manifest"}},
	{of: "plugins", cardea: []string{"core/api", "core/files", "core/route", "hooks", "plugins/abi", "plugins/catalogue", "plugins/internal/...", "plugins/manifest"}},
	{of: "plugins/plugintest", cardea: []string{"core/api", "core/ijson", "hooks", "plugins", "plugins/abi", "plugins/catalogue", "plugins/manifest"}},

	// Assembly.
	{of: "server/internal/domain", homes: []string{"golang.org/x/net"}},
	{of: "server/config", cardea: []string{"core", "core/api", "core/files", "core/policy", "core/route", "server/config/internal/environ", "server/config/internal/form", "server/config/internal/tree", "server/dialect", "server/internal/domain", "server/wordpress"}},
	{of: "server/config/internal/environ", cardea: []string{"server/config/internal/tree"}},
	{of: "server/config/internal/form", cardea: []string{"server/config/internal/tree"}},
	{of: "server/config/internal/tree", cardea: []string{"core/api", "core/suggest"}, homes: []string{"go.yaml.in/yaml/v3"}},
	{of: "server/httpauth", cardea: []string{"core", "core/api", "core/credential", "core/route", "core/throttle"}},
	{of: "server/cors", cardea: []string{"core", "core/api", "core/route", "server/httpauth", "server/internal/domain"}},
	{of: "server/gateway/internal/formmethod", cardea: []string{"core/api"}},
	{of: "server/gateway", cardea: []string{"core", "core/api", "core/credential", "core/printable", "core/route", "server/gateway/internal/formmethod", "server/httpauth"}},
	{of: "server/wordpress/internal/php", cardea: []string{"core/api"}},
	{of: "server/wordpress/internal/formroute", cardea: []string{"core/api", "server/wordpress/internal/php"}},
	{of: "server/wordpress", cardea: []string{"core", "core/api", "core/route", "server/httpauth", "server/wordpress/internal/..."}},
	{of: "server/assertion", cardea: []string{"core", "core/api", "core/route", "core/token", "server/wordpress"}},
	{of: "server/guard", cardea: []string{"core", "core/api", "core/route", "server/httpauth"}},
	{of: "server/guard/ginguard", cardea: []string{"core/api", "server/guard"}, homes: []string{"github.com/gin-gonic/gin"}},
	{of: "server/admin", cardea: []string{"core", "core/route", "hooks"}, homes: []string{"github.com/prometheus/client_golang"}},
	{of: "server/listen", cardea: []string{"core/printable"}},
	{of: "server/manage", cardea: []string{"core", "core/api", "core/credential", "core/ijson", "core/keys", "core/policy", "core/printable", "core/session", "core/users", "server/httpauth"}},
	{of: "server/control", cardea: []string{"core/files"}, homes: []string{"golang.org/x/sys"}},
	{of: "server/internal/router", cardea: []string{"core/api", "core/printable", "core/route", "server/httpauth"}, homes: []string{"github.com/gin-gonic/gin"}},
	{of: "server/dialect", cardea: []string{"core", "core/api", "core/keys", "core/route", "core/token", "server/httpauth", "server/wordpress"}},
	{of: "server/dialect/all", cardea: []string{"server/dialect/..."}},
	{of: "server/samples", cardea: []string{"core/api", "server/config", "server/dialect", "server/mount"}},
	{of: "server/dialect/dialecttest", cardea: []string{"core/...", "methods/...", "server/cors", "server/dialect", "server/gateway", "server/wordpress"}},
	{of: "server/dialect/native", cardea: []string{"core", "core/api", "server/dialect", "server/httpauth"}},
	{of: "server/dialect/internal/jwtauth", cardea: []string{"server/dialect"}},
	{of: "server/dialect/...", cardea: []string{"core", "core/api", "core/keys", "core/route", "core/throttle", "core/token", "server/dialect", "server/dialect/internal/...", "server/wordpress"}},
	{of: "server/internal/setting", cardea: []string{"core/files", "server/config"}},
	{of: "server/state", cardea: []string{"core", "core/api", "core/files", "core/keys", "core/store", "core/store/memory", "core/store/sqlite", "core/users", "core/users/wordpress", "server/assertion", "server/config", "server/internal/setting"}},
	{of: "server/mount", cardea: []string{"core", "core/api", "core/credential", "core/files", "core/keys", "core/keys/issuerkeys", "core/route", "server/config", "server/dialect", "server/httpauth", "server/internal/setting", "server/state", "server/wordpress"}},
	{of: "server/check", cardea: []string{"examples/plugins/short-expiry", "core", "core/api", "core/files", "core/keys", "core/route", "core/store/memory", "core/store/sqlite", "core/suggest", "hooks/...", "plugins", "plugins/catalogue", "plugins/manifest", "server/config", "server/control", "server/dialect", "server/internal/setting", "server/mount", "server/state", "server/wordpress"}},
	{of: "server/app", cardea: []string{"..."}, homes: []string{"go.uber.org/fx", "go.uber.org/dig"}},
	{of: "server/cli/...", cardea: []string{"..."}, homes: []string{"github.com/spf13/cobra", "github.com/spf13/pflag"}},
	{of: "cmd/cardea", cardea: []string{"server/cli"}},
	{of: "examples/...", cardea: []string{"..."}, homes: []string{"..."}},
}

func TestHouse_imports(t *testing.T) {
	for _, p := range list(t, "./...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		r, ok := governing(name)
		if !ok {
			t.Errorf("%s: no row of the import table covers this package: add one", name)
			continue
		}
		for _, path := range p.Imports {
			if !allowed(r, path) {
				t.Errorf("%s imports %s, which the import table does not allow", name, strings.TrimPrefix(path, module))
			}
		}
	}
}

// TestHouse_unused: a row allows the imports that its packages have, and no others. An import
// is added to the row when a package needs it.
func TestHouse_unused(t *testing.T) {
	imports := map[string][]string{} // by row
	for _, p := range list(t, "./...") {
		if r, ok := governing(strings.TrimPrefix(p.ImportPath, module)); ok {
			imports[r.of] = append(imports[r.of], p.Imports...)
			imports[r.of] = append(imports[r.of], "") // the row applies to a package
		}
	}
	for _, r := range importTable {
		if imports[r.of] == nil {
			t.Errorf("%s: the row applies to no package: remove it", r.of)
			continue
		}
		for _, unused := range unusedOf(r, imports[r.of]) {
			t.Errorf("%s may import %s and does not: remove that from its row", r.of, unused)
		}
	}
}

// unusedOf returns the packages of Cardea that a row allows and no import needs. Libraries
// are left out: another operating system may need them.
func unusedOf(r importRow, imports []string) []string {
	none := func(only importRow) bool {
		return !slices.ContainsFunc(imports, func(path string) bool { return isForeign(path) && allowed(only, path) })
	}
	var out []string
	for _, name := range r.cardea {
		if none(importRow{cardea: []string{name}}) {
			out = append(out, name)
		}
	}
	return out
}

// TestHouse_unusedOf names allowed imports that no package needs.
func TestHouse_unusedOf(t *testing.T) {
	r := importRow{of: "a", cardea: []string{"core", "core/api", "hooks/...", "..."}}
	got := unusedOf(r, []string{"fmt", "go.uber.org/fx/fxevent", module + "core/api", ""})
	if want := []string{"core", "hooks/..."}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// isForeign reports whether a path is not of the standard library.
func isForeign(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

func governing(name string) (importRow, bool) {
	best, found := importRow{}, false
	for _, r := range importTable {
		if covers(r.of, name) && (!found || len(r.of) > len(best.of) || !strings.HasSuffix(r.of, "...")) {
			best, found = r, true
		}
		if r.of == name {
			return r, true
		}
	}
	return best, found
}

func covers(pattern, name string) bool {
	base, tree := strings.CutSuffix(pattern, "...")
	if !tree {
		return pattern == name
	}
	return base == "" || name+"/" == base || strings.HasPrefix(name, base)
}

func allowed(r importRow, path string) bool {
	if name, ours := strings.CutPrefix(path, module); ours {
		return slices.ContainsFunc(r.cardea, func(p string) bool { return covers(p, name) })
	}
	if !isForeign(path) {
		return true // the standard library
	}
	return slices.ContainsFunc(r.homes, func(lib string) bool {
		return lib == "..." || path == lib || strings.HasPrefix(path, lib+"/")
	})
}

// TestHouse_light checks that with the engine and the guard a library user links no
// framework, container, WASM runtime or driver.
func TestHouse_light(t *testing.T) {
	heavy := []string{"github.com/gin-gonic/", "go.uber.org/fx", "github.com/tetratelabs/wazero", "modernc.org/sqlite", "github.com/go-sql-driver/", "github.com/prometheus/", "github.com/spf13/"}
	for _, p := range list(t, "./core", "./server/guard", "./examples/library-nethttp") {
		for _, dep := range p.Deps {
			for _, h := range heavy {
				if strings.HasPrefix(dep, h) {
					t.Errorf("%s links %s", strings.TrimPrefix(p.ImportPath, module), dep)
				}
			}
		}
	}
}
