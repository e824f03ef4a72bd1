package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// TestAccess_mayStop: stop needs a point that enriches, and a writable key on both sides.
func TestAccess_mayStop(t *testing.T) {
	some, none := manifest.Grants{Write: []string{"claim.*"}}, manifest.Grants{Read: []string{"*"}}
	for _, tc := range []struct {
		enrich       bool
		asked, given manifest.Grants
		want         bool
	}{{true, some, some, true}, {false, some, some, false}, {true, none, some, false}, {true, some, none, false}, {true, none, none, false}} {
		a := &access{point: abi.Point{Enrich: tc.enrich}, rights: manifest.Rights{Asked: tc.asked, Given: tc.given}}
		if got := a.mayStop(); got != tc.want {
			t.Errorf("%+v: mayStop() = %v, want %v", tc, got, tc.want)
		}
	}
}

// TestAccess_rule tests what a plugin may do with each key of a point.
func TestAccess_rule(t *testing.T) {
	point := abi.Point{Name: "p", Keys: []abi.Key{
		{Name: "fixed", Type: abi.Text}, {Name: "free", Type: abi.Int, Write: true}, {Name: "held", Type: abi.Int, Write: true, Wants: abi.AllowExtend}, {Name: "header.*", Type: abi.Text, Write: true, Named: true},
	}}
	all := manifest.Grants{Read: []string{"*"}, Write: []string{"*", "header.x-a"}}
	extends, widens := all, all
	extends.Allow, widens.Allow = []string{abi.AllowExtend}, []string{abi.AllowRoles}
	for _, tc := range []struct {
		g    manifest.Grants
		key  string
		want string
	}{
		{all, "fixed", "known read  narrow"}, {all, "free", "known read write narrow"}, {all, "held", "known read write capped narrow"}, {extends, "held", "known read write narrow"}, {widens, "free", "known read write"}, {all, "none", ""},
		{all, "header.x-a", "known read write narrow"}, {all, "header.x-b", "known read  narrow"}, {manifest.Grants{}, "free", "known   narrow"}, {manifest.Grants{Read: []string{"free"}}, "free", "known read  narrow"}, {manifest.Grants{Write: []string{"free"}}, "free", "known read write narrow"}, {manifest.Grants{Read: []string{"x"}}, "free", "known   narrow"},
	} {
		r := (&access{point: point, rights: manifest.Rights{Asked: tc.g, Given: tc.g}}).rule(tc.key)
		var words []string
		for _, w := range []struct {
			is   bool
			word string
		}{{r.known, "known"}, {r.read, "read"}, {r.write, "write"}, {r.capped, "capped"}, {r.narrow, "narrow"}} {
			if w.is {
				words = append(words, w.word)
			}
		}
		if got := strings.Join(words, " "); got != strings.Join(strings.Fields(tc.want), " ") || r.key != tc.key {
			t.Errorf("%s with %+v: got %q, want %q", tc.key, tc.g, got, tc.want)
		}
	}
}

// TestGuest_rule: the rule of a key is looked up once, while the cache has space.
func TestGuest_rule(t *testing.T) {
	a := &access{point: abi.Point{Keys: []abi.Key{{Name: "claim.*", Write: true}}}}
	g := &guest{access: a, keys: make([]ruleCache, 1)}
	first, ok := g.rule([]byte("claim.0"), 0)
	if !ok || !first.known {
		t.Fatal("the key is not known")
	}
	for at := range uint32(20) {
		if again, _ := g.rule([]byte("claim.0"), at); again != first {
			t.Errorf("at %d it is looked up again", at)
		}
	}
	g.keys[0].rules = nil
	if again, _ := g.rule([]byte("claim.0"), 0); again != first {
		t.Error("what was named last is looked up again")
	}
	for i := range 2 * maxRules {
		if r, ok := g.rule(fmt.Appendf(nil, "claim.%d", i), 0); !ok || r.key != fmt.Sprint("claim.", i) {
			t.Fatalf("key %d: %+v", i, r)
		}
	}
	if n := len(g.keys[0].rules); n != maxRules {
		t.Errorf("%d keys are remembered", n)
	}
	if _, ok := g.rule([]byte("a\x00"), 0); ok {
		t.Error("a key with a control character")
	}
}
