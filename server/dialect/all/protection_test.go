package all

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

// TestProtection: every dialect that replaces a plugin describes the plugin's protection
// with valid rules, and with lifetimes that its tokens can have.
func TestProtection(t *testing.T) {
	for name, o := range Types() {
		for _, mode := range []string{"", dialect.JWT, dialect.Basic, dialect.APIKey} {
			m := dialect.Mount{Name: "site", Issuer: "https://shop.example", Prefix: "/blog"}
			p, ok, err := dialect.ProtectionOf(o, mode, m)
			if err != nil || ok == (name == "native") {
				t.Fatalf("%s, mode %q: got %v, %v", name, mode, ok, err)
			}
			if !ok {
				continue
			}
			var rules []route.Rule
			for _, r := range p.Rules {
				rules = append(rules, r.Rule)
			}
			if _, err := route.Compile(rules); err != nil || len(rules) == 0 {
				t.Errorf("%s: rules %v: %v", name, rules, err)
			}
			d, err := o.Open(m)
			if err != nil {
				t.Fatal(err)
			}
			if longest := d.TokenFormat().Lifetime; p.AccessLife <= 0 || p.AccessLife > longest || p.IssuedLife > longest {
				t.Errorf("%s: lifetime of tokens %s, of those issued before %s; the dialect has %s", name, p.AccessLife, p.IssuedLife, longest)
			}
			if _, chooses := d.(dialect.Chooser); p.Mode != "" != chooses || chooses && mode != "" && p.Mode != mode {
				t.Errorf("%s, mode %q: protects with mode %q", name, mode, p.Mode)
			}
		}
	}
}

// TestAccessLife: a mount's lifetime takes precedence over the plugin's.
func TestAccessLife(t *testing.T) {
	for name, o := range Types() {
		if name == "native" {
			continue // its tokens are the engine's
		}
		d, err := dialecttest.With(o, "AccessLife", 5*time.Minute).Open(dialect.Mount{Name: "site", Issuer: "https://shop.example"})
		if err != nil {
			t.Fatal(err)
		}
		if got := d.TokenFormat().Lifetime; got != 5*time.Minute {
			t.Errorf("%s: got %s, want the mount's", name, got)
		}
	}
}
