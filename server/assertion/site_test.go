package assertion

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestSite_userOf: a user number is accepted only after the site's name, in the form in
// which the directory writes it.
func TestSite_userOf(t *testing.T) {
	shop := Site{Subject: "shop"}
	for subject, want := range map[string]int64{
		"shop:5": 5, "shop:9223372036854775807": 9223372036854775807,
		"5": 0, ":5": 0, "shop": 0, "shop:": 0, "shop5": 0, "shop:0": 0, "shop:-5": 0, "shop:+5": 0, "shop:05": 0, "shop: 5": 0, "shop:5 ": 0,
		"shop:5:5": 0, "shop:5x": 0, "shop:0x5": 0, "shop:5_0": 0, "shop:9223372036854775808": 0, "SHOP:5": 0, "blog:5": 0, "xshop:5": 0,
		"shopx:5": 0, "u_5": 0, "issuer:shop:5": 0, "shop::5": 0, "shop:shop:5": 0,
	} {
		d := &core.Decision{Outcome: core.Allowed, Identity: api.Identity{Method: "basic", Subject: subject, Login: "anna", Number: 5}}
		got, err := shop.userOf(d)
		if got.number != want || (err == nil) != (want > 0) || err == nil && got.login != "anna" {
			t.Errorf("%q: %+v, %v, want number %d", subject, got, err, want)
		}
		if err != nil && api.ReasonOf(err) != api.ReasonNotAUser {
			t.Errorf("%q: reason %s", subject, api.ReasonOf(err))
		}
	}
	open := Site{}
	for login, ok := range map[string]bool{"anna": true, "": false} {
		got, err := open.userOf(&core.Decision{Outcome: core.Allowed, Identity: api.Identity{Method: "basic", Subject: "u_1", Login: login, Number: 5}})
		if (err == nil) != ok || got != (user{login: login}) {
			t.Errorf("site without a directory, login %q: %+v, %v", login, got, err)
		}
	}
	for _, s := range []Site{shop, open} {
		if got, err := s.userOf(&core.Decision{Outcome: core.Allowed}); got != (user{}) || err != nil {
			t.Errorf("nobody: %+v, %v", got, err)
		}
	}
}
