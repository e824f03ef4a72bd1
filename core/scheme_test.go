package core_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/methods/jwt"
)

// TestDecide_ownScheme: a method may add an Authorization scheme of its own. It sees no
// other scheme, other methods do not see this one, and the rules on bad and multiple
// credentials apply.
func TestDecide_ownScheme(t *testing.T) {
	mac := kinded{&plain{"mac", func(a api.Attempt) (api.Identity, error) {
		switch {
		case a.Credential.Kind != "hmac":
			t.Errorf("asked about a credential of kind %s", a.Credential.Kind)
		case a.Credential.Text != "anna:good":
			return api.Identity{}, api.E(api.Unauthenticated, "bad_mac", "the signature is wrong")
		}
		return api.Identity{Subject: "mac:anna", Login: "anna"}, nil
	}}, []api.Kind{"hmac"}}
	odd := func(*api.Attempt, string) (string, core.Reading) { return "", core.ReadNothing }
	for name, c := range map[string]struct {
		header api.Header
		want   string // a login or a reason
	}{
		"good":            {api.Header{"Authorization": {"HMAC anna:good"}}, "anna"},
		"in another case": {api.Header{"Authorization": {"hmac anna:good"}}, "anna"},
		"bad":             {api.Header{"Authorization": {"HMAC anna:bad"}}, "bad_mac"},
		"unreadable":      {api.Header{"Authorization": {"HMAC anna\tgood"}}, "bad_credential"},
		"beside a key":    {api.Header{"Authorization": {"HMAC anna:good"}, "X-Api-Key": {"abc"}}, "many_credentials"},
		"twice":           {api.Header{"Authorization": {"HMAC anna:good", "HMAC anna:good"}}, "many_credentials"},
	} {
		for grammar, read := range map[string]core.BearerReader{"strict": nil, "that overlooks others": odd} {
			e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
				Application: core.Application{Bearer: read},
				Methods:     []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}, {Name: "mac", Opener: opens(mac)}},
				Rules:       []route.Rule{{Name: "all", Path: "/**", Access: route.Optional}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			d := e.Decide(t.Context(), &api.Attempt{Method: "GET", RawTarget: "/x", Host: "h", Header: c.header})
			got := d.Identity.Login
			if d.Err != nil {
				got = d.Err.Reason
			}
			if got != c.want {
				t.Errorf("%s, by a grammar %s: got %q, %v, want %q", name, grammar, got, d.Err, c.want)
			}
		}
	}
}

// TestDecide_schemeOfNobody: a scheme without a method is a bad credential.
func TestDecide_schemeOfNobody(t *testing.T) {
	h := newTestEngine(t, nil)
	h.refused("an unknown scheme", api.Header{"Authorization": {"HMAC anna:good"}}, "bad_credential")
}
