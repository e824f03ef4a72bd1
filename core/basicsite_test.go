package core_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/throttle"
)

// TestBasic_directory: a password is checked only in the directory of the rule or, without
// one, of the site, as by the site's own login.
func TestBasic_directory(t *testing.T) {
	w := newTestSites(t, func(c *core.Config) {
		c.Guessing = throttle.After(0)
		c.Policy.Sites = append(c.Policy.Sites, core.Site{Name: "native", Prefix: "/native", Directory: "shop"},
			core.Site{Name: "inner", Prefix: "/shop/inner"})
		c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}, {Name: "mixed", Path: "/shop/mixed/**", Directory: "forum"}}
	})
	w.forum.users = append(w.forum.users, api.User{Number: 7, Login: "root", Roles: []string{"administrator"}, Hash: w.forum.users[0].Hash})
	for _, c := range []struct{ target, login, password, subject string }{
		{"/shop/x", "root", "shop pass", "shop:1"},
		{"/shop/x", "root", "forum pass", ""},
		{"/shop/x", "eve", "forum pass", ""},
		{"/shop/x", "bob", password, ""},
		{"/SHOP/x", "root", "forum pass", ""},
		{"/shop/inner/x", "root", "shop pass", "shop:1"},
		{"/shop/inner/x", "root", "forum pass", ""},
		{"/native/x", "root", "forum pass", ""},
		{"/native/x", "root", "shop pass", "shop:1"},
		{"/forum/x", "root", "forum pass", "forum:7"},
		{"/forum/x", "root", "shop pass", ""},
		{"/shop/mixed/x", "root", "forum pass", "forum:7"},
		{"/shop/mixed/x", "root", "shop pass", ""},
		{"/any/x", "bob", password, "u_bob"},
		{"/any/x", "eve", "forum pass", "forum:1"},
	} {
		for range 2 {
			a := get(c.target, basicHeader(c.login, c.password))
			d := w.Decide(t.Context(), a)
			own := w.Authenticate(t.Context(), a) // at an endpoint of our own there
			if d.Identity.Subject != c.subject || (d.Outcome == core.Allowed) != (c.subject != "") {
				t.Errorf("%s by %q at %s: %v as %q (%v), want %q", c.login, c.password, c.target, d.Outcome, d.Identity.Subject, errorOf(d), c.subject)
			}
			if c.target != "/shop/mixed/x" && own.Identity.Subject != c.subject {
				t.Errorf("%s by %q at an endpoint in %s: %q (%v), want %q", c.login, c.password, c.target, own.Identity.Subject, errorOf(own), c.subject)
			}
		}
	}
}
