package core_test

import (
	"context"
	"encoding/base64"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/token"
)

// TestSettings tests the effect of each setting where it applies, and that it has none
// elsewhere. A new field needs a row here or the name of its test in elsewhere.
func TestSettings(t *testing.T) {
	rows := map[string]func(*testing.T){}
	for _, some := range []map[string]func(*testing.T){tokenSettings(), policySettings(), tokenFormatSettings(), siteSettings(), methodSettings(), foreignSettings()} {
		maps.Copy(rows, some)
	}
	for name, test := range elsewhere() {
		if _, twice := rows[name]; twice {
			t.Errorf("%s is tested here and by %s", name, test)
		}
		rows[name] = nil
	}
	for _, v := range []any{core.TokenPolicy{}, core.Policy{}, core.Application{}, core.TokenFormat{}, core.Site{}, core.NamedMethod{}, core.Place{}, core.ExternalIssuer{}} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			name := typ.Name() + "." + typ.Field(i).Name
			if _, ok := rows[name]; !ok && typ.Field(i).IsExported() {
				t.Errorf("nothing tests the effect of %s", name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		if rows[name] != nil {
			t.Run(name, rows[name])
		}
	}
}

// elsewhere maps settings without a row to the test, or row, that covers them.
func elsewhere() map[string]string {
	return map[string]string{
		"Policy.Scripts":        "TestCheckTrimmed",
		"TokenPolicy.AccessTTL": "TestKnobs", "TokenPolicy.MinTTL": "TestKnobs", "TokenPolicy.MaxTTL": "TestKnobs",
		"TokenPolicy.RefreshTTL": "TestKnobs", "TokenPolicy.MaxSessions": "TestKnobs", "TokenPolicy.RefuseRoles": "TestKnobs",
		"TokenPolicy.Leeway": "TestDecide_leeway", "TokenPolicy.Issuers": "TestIssue_choices",
		"Policy.Methods": "TestDecide_noMethods", "Policy.Rules": "TestDecide_access", "Policy.Tokens": "TestKnobs", "Policy.TokenFormats": "TestVerify_siteFormat",
		"Policy.Hooks": "TestPoints_golden", "Policy.Application": "Application.Sites", "Application.Sites": "TestSite_anyCase", "Application.Read": "TestDecide_read", "Application.Override": "TestDecide_override", "Application.Paths": "TestCheckTrimmed_paths", "Application.Bearer": "TestDecide_bearerReader",
		"Application.Accepts": "TestDecide_accepts", "Application.IgnoreBadCredential": "TestDecide_ignoresBadCredential", "Policy.WhenStale": "TestStale",
		"Place.Host": "TokenPolicy.Places", "Place.Prefix": "TokenPolicy.Places", "Site.Aliases": "Site.Host", "ExternalIssuer.Audience": "ExternalIssuer.Issuer",
		"TokenFormat.Name": "TestVerify_siteFormat", "TokenFormat.Issuer": "TestVerify_siteFormat", "TokenFormat.Base": "TestVerify_siteFormat", "TokenFormat.Read": "TestVerify_siteFormat",
		"TokenFormat.Keys": "TestWeakSecret", "TokenFormat.Verifying": "TestForeign_identity", "TokenFormat.Directory": "TestDirectory_issue",
		"Site.Name": "TestLoginHooks_dialect", "Site.UserClaims": "TestUserClaims_site", "Site.TokenFormat": "TestDirectory_oneMeaning", "Site.Prefix": "TestSite_anyCase", "Site.Directory": "TestDirectory_oneMeaning",
		"Site.AcceptsFrom": "TestNetwork", "NamedMethod.Name": "TestDecide_access", "NamedMethod.Opener": "TestDecide_access", "NamedMethod.Places": "TestMethod_places",
		"ExternalIssuer.Name": "TestForeign_identity", "ExternalIssuer.Keys": "TestForeign_rotation", "ExternalIssuer.MaxLifetime": "TestForeign_refuses", "ExternalIssuer.Leeway": "TestForeign_leeway",
		"ExternalIssuer.RolesClaim": "TestForeign_identity", "ExternalIssuer.Roles": "TestForeign_identity", "ExternalIssuer.SubjectClaim": "TestForeign_refuses",
	}
}

// tokens opens an engine with that token policy.
func tokens(t *testing.T, p core.TokenPolicy) *testEngine {
	return newTestEngine(t, func(c *core.Config) { c.Policy.Tokens = p })
}

// foundWith issues a token of alice and returns its claims and the parsed token.
func (h *testEngine) foundWith(format string, r core.IssueRequest) (api.Claims, *token.Token) {
	h.t.Helper()
	r.TokenFormat = format
	if r.Identity.Subject == "" {
		r.Identity = h.alice.Identity("store")
	}
	issued, err := h.Tokens().Issue(context.Background(), r)
	h.must(err)
	parsed, err := token.Parse(issued.Text.Reveal())
	h.must(err)
	return parsed.Claims(), parsed
}

func tokenSettings() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"TokenPolicy.Issuer": func(t *testing.T) {
			for set, want := range map[string]string{"": "cardea", "https://id.example": "https://id.example"} {
				h := tokens(t, core.TokenPolicy{Issuer: set})
				if c, _ := h.foundWith("", core.IssueRequest{}); c.String("iss") != want {
					t.Errorf("%q: iss is %q", set, c.String("iss"))
				}
				h.must(h.Reload(t.Context(), core.Policy{Methods: chain(), Rules: rules(), Tokens: core.TokenPolicy{Issuer: set}}))
				text := h.token("bob")
				h.passes("its own", bearer(text), "bob")
				p := h.config.Policy
				p.Tokens.Issuer = "https://other.example"
				h.must(h.Reload(t.Context(), p))
				h.refused("another's", bearer(text), api.ReasonTokenIssuer)
			}
		},
		"TokenPolicy.Audience": func(t *testing.T) {
			for _, list := range [][]string{nil, {"shop"}, {"shop", "forum"}} {
				h := tokens(t, core.TokenPolicy{Audience: list})
				c, _ := h.foundWith("", core.IssueRequest{})
				aud, there := c.Get("aud")
				_, one := aud.(string)
				if there != (len(list) > 0) || one != (len(list) == 1) {
					t.Errorf("%v: aud is %v", list, aud)
				}
				text := bearer(h.token("bob"))
				h.passes("its own", text, "bob")
				p := h.config.Policy
				p.Tokens.Audience = []string{"office"}
				h.must(h.Reload(t.Context(), p))
				h.refused("another audience", text, api.ReasonTokenAudience)
			}
		},
		"TokenPolicy.KeepOnLogout": func(t *testing.T) {
			for _, keep := range []bool{false, true} {
				h := tokens(t, core.TokenPolicy{KeepOnLogout: keep})
				g := h.begin()
				header := bearer(g.Access.Text.Reveal())
				h.must(h.Tokens().Logout(t.Context(), h.decide("/api/x", header).Identity))
				h.unrefreshed("after logout", g.Refresh, api.ReasonRefreshEnded)
				if keep {
					h.passes("kept", header, "bob")
				} else {
					h.refused("not kept", header, api.ReasonTokenRevoked)
				}
			}
		},
		"TokenPolicy.Places": func(t *testing.T) {
			placesCount(t, func(c *core.Config, list []core.Place) { c.Policy.Tokens.Places = list })
		},
	}
}

// placesCount sets the places of a token and tests just inside and outside of them.
func placesCount(t *testing.T, places func(*core.Config, []core.Place)) {
	for _, c := range []struct {
		places       []core.Place
		host, target string
		counts       bool
	}{
		{nil, "example.org", "/api/x", true},
		{[]core.Place{{}}, "other.example", "/api/x", true},
		{[]core.Place{{Host: "Example.ORG:443"}}, "example.org", "/api/x", true},
		{[]core.Place{{Host: "example.org"}}, "EXAMPLE.org.", "/api/x", true},
		{[]core.Place{{Host: "example.org"}}, "www.example.org", "/api/x", false},
		{[]core.Place{{Prefix: "/api/x"}}, "example.org", "/api/x", true},
		{[]core.Place{{Prefix: "/api/x"}}, "example.org", "/api/x/", true},
		{[]core.Place{{Prefix: "/api/x"}}, "example.org", "/api/x/y", true},
		{[]core.Place{{Prefix: "/api/x"}}, "example.org", "/api/xy", false},
		{[]core.Place{{Prefix: "/api/x"}}, "example.org", "/api/", false},
		{[]core.Place{{Prefix: "/api/x"}}, "example.org", "/api/X", false},
		{[]core.Place{{Host: "example.org", Prefix: "/api/x"}}, "other.example", "/api/x", false},
		{[]core.Place{{Host: "example.org", Prefix: "/api/x"}}, "example.org", "/api/y", false},
		{[]core.Place{{Host: "a.example"}, {Prefix: "/api/x"}}, "example.org", "/api/x", true},
	} {
		h := newTestEngine(t, func(cfg *core.Config) { places(cfg, c.places) })
		a := get(c.target, bearer(h.token("bob")))
		a.Host = c.host
		if d := h.Decide(t.Context(), a); (d.Outcome == core.Allowed) != c.counts {
			t.Errorf("%+v: %s%s: Decide: got %v (%v), want allowed: %v", c.places, c.host, c.target, d.Outcome, d.Err, c.counts)
		}
	}
}

func policySettings() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"Policy.TrailingSlash": func(t *testing.T) {
			for slash, passes := range map[string]bool{"": false, route.SlashDistinct: false, route.SlashSame: true} {
				h := newTestEngine(t, func(c *core.Config) {
					c.Policy.TrailingSlash = slash
					c.Policy.Rules = []route.Rule{{Name: "a", Path: "/a", Access: route.Public}, {Name: "b", Path: "/b", Access: route.Public, TrailingSlash: route.SlashDistinct}}
				})
				for target, want := range map[string]bool{"/a": true, "/a/": passes, "/b": true, "/b/": false} {
					if d := h.decide(target, nil); (d.Outcome == core.Allowed) != want {
						t.Errorf("%q: %s passes: %v", slash, target, !want)
					}
				}
			}
		},
		"Policy.ProtectedHeaders": func(t *testing.T) {
			h := newTestEngine(t, func(c *core.Config) { c.Policy.ProtectedHeaders = []string{"X-Tier"} })
			a := get("/public/x", api.Header{"X-Tier": {"gold"}, "X_tier": {"gold"}, "X-Other": {"v"}})
			if h.Decide(t.Context(), a); len(a.Header) != 1 || a.Header.Get("X-Other") != "v" {
				t.Errorf("a client's %v", a.Header)
			}
			p := h.config.Policy
			for _, bad := range []core.Policy{
				{Rules: []route.Rule{{Name: "r", Path: "/**", Header: route.HeaderSpec{Name: "X-Tier"}}}},
				{Application: core.Application{Sites: []core.Site{{Name: "s", Header: route.HeaderSpec{Name: "X-Tier"}}}}},
			} {
				next := p
				next.Rules, next.Sites = bad.Rules, bad.Sites
				if err := h.Reload(t.Context(), next); err == nil {
					t.Errorf("a protected header carries credentials: got %+v, want an error", bad)
				}
			}
		},
		"Policy.MaxStaleness": func(t *testing.T) {
			for set, most := range map[time.Duration]time.Duration{0: 5 * time.Second, time.Minute: time.Minute} {
				h := newTestEngine(t, func(c *core.Config) { c.Policy.MaxStaleness, c.Policy.WhenStale = set, "" })
				text := bearer(h.token("bob"))
				h.clock.advance(most)
				h.passes("known of late", text, "bob")
				h.clock.advance(time.Millisecond)
				h.refused("too old", text, api.ReasonStale)
			}
		},
	}
}

// siteToken returns a token in the format "site".
func (h *testEngine) siteToken(login string) string {
	h.t.Helper()
	text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}}, api.NewClaims(h.siteClaims(h.clock.Now().Add(time.Minute).Unix(),
		api.Claim{Name: "user", Value: map[string]int64{"alice": h.alice.Number, "bob": h.bob.Number}[login]})...), siteKey(h.t))
	h.must(err)
	return text
}

func sorted(list []string) string {
	slices.Sort(list)
	return strings.Join(list, "")
}

// rawPayload returns the JSON of a token's claims.
func rawPayload(t *testing.T, issued core.Issued) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(issued.Text.Reveal(), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
