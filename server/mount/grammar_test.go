package mount

import (
	"math/rand/v2"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// peculiar is a dialect that reads its own name in every header, and accepts one kind of
// credential.
type peculiar struct {
	dialect.Dialect
	name string
	kind api.Kind
}

func (d peculiar) ReadBearer(string) (string, bool) { return d.name, true }

func (d peculiar) Chooses(kind api.Kind) bool { return kind == d.kind }

// peculiarMounts are sites within each other, with the closest last.
func peculiarMounts() []Mounted {
	var list []Mounted
	for _, m := range []dialect.Mount{
		{Name: "any"}, {Name: "below", Prefix: "/blog/wp-json"},
		{Name: "own", Host: "own.example", Aliases: []string{"www.own.example"}}, {Name: "both", Host: "own.example", Prefix: "/blog/wp-json"},
	} {
		m.WordPress = wordpress.Reader{REST: []string{"/wp-json", "/blog/wp-json"}}
		kind := api.Bearer
		if m.Name == "any" {
			kind = api.Basic
		}
		list = append(list, Mounted{Mount: m, Dialect: peculiar{name: m.Name, kind: kind}})
	}
	return list
}

// TestGrammar_closest: a header is read as the plugin of the closest mount reads it, in
// whichever order mounts are written.
func TestGrammar_closest(t *testing.T) {
	list := peculiarMounts()
	for range 50 {
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		read := grammar(list)
		for _, c := range []struct{ host, path, want string }{
			{"x.example", "/wp-json/a", "any"},
			{"x.example", "/blog/wp-json/a", "below"},
			{"own.example", "/wp-json/a", "own"},
			{"WWW.own.example:443", "/wp-json/a", "own"},
			{"own.example", "/blog/wp-json/a", "both"},
			{"own.example", "/page", ""},
		} {
			text, how := read(&api.Attempt{Method: "GET", Host: c.host, Path: c.path}, "odd")
			if text != c.want || (how == core.ReadBearer) != (c.want != "") {
				t.Fatalf("%s%s of %v: got %q, %v; want %q", c.host, c.path, names(list), text, how, c.want)
			}
		}
	}
}

// TestAccepts_every: a mode holds wherever its mount's site is, also at the sites within
// it, in whichever order mounts are written.
func TestAccepts_every(t *testing.T) {
	list := peculiarMounts()
	for range 50 {
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		accept := accepts(list)
		for _, c := range []struct {
			host, path string
			kind       api.Kind
			want       bool
		}{
			{"x.example", "/wp-json/a", api.Basic, true},
			{"x.example", "/wp-json/a", api.Bearer, false},
			{"own.example", "/wp-json/a", api.Bearer, false}, // within the site for any host
			{"own.example", "/wp-json/a", api.Basic, false},
			{"own.example", "/page", api.Bearer, true},
		} {
			a := &api.Attempt{Method: "GET", Host: c.host, Path: c.path, Credential: api.Credential{Kind: c.kind}}
			if got := accept(a); got != c.want {
				t.Fatalf("%v at %s%s of %v: got %v, want %v", c.kind, c.host, c.path, names(list), got, c.want)
			}
		}
	}
}

func names(list []Mounted) (out []string) {
	for _, m := range list {
		out = append(out, m.Mount.Name)
	}
	return out
}
