package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/token"
)

// laid opens an engine with the site's token format after change.
func laid(t *testing.T, change func(*core.TokenFormat)) *testEngine {
	return newTestEngine(t, func(c *core.Config) {
		l := siteFormat(t)
		change(&l)
		c.Policy.TokenFormats = []core.TokenFormat{l}
	})
}

func tokenFormatSettings() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"TokenFormat.Head": func(t *testing.T) {
			h := laid(t, func(l *core.TokenFormat) { l.Head = []api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}} })
			if _, text := h.foundWith("site", core.IssueRequest{}); text.Header().KeyID != "" || text.Header().Type != "JWT" {
				t.Errorf("the header is %+v", text.Header())
			}
		},
		"TokenFormat.Order": func(t *testing.T) {
			h := laid(t, func(l *core.TokenFormat) { l.Order = []string{"exp", "user", "iss", "iat"} })
			if c, _ := h.foundWith("site", core.IssueRequest{}); strings.Join(names(c), " ") != "exp user iss iat" {
				t.Errorf("claims %v", names(c))
			}
		},
		"TokenFormat.Compose": func(t *testing.T) {
			var seen core.IssueRequest
			h := laid(t, func(l *core.TokenFormat) {
				l.Compose = func(r core.IssueRequest, jti string) api.Claims {
					seen = r
					return api.NewClaims(api.Claim{Name: "user", Value: r.Identity.Number}, api.Claim{Name: "of", Value: jti})
				}
				l.Order = append(l.Order, "of")
			})
			c, _ := h.foundWith("site", core.IssueRequest{Device: "phone", Client: "app"})
			if c.String("of") == "" || c.String("of") != c.String("jti") || seen.Device != "phone" || seen.Client != "app" {
				t.Errorf("claims of %q, jti %q; composed for %+v", c.String("of"), c.String("jti"), seen)
			}
		},
		"TokenFormat.Check": func(t *testing.T) {
			var refuse error
			h := laid(t, func(l *core.TokenFormat) { l.Check = func(api.Claims, *api.Attempt) error { return refuse } })
			issued, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "site"})
			h.must(err)
			text := bearer(issued.Text.Reveal())
			h.passes("checked", text, "bob")
			refuse = api.E(api.Unauthenticated, api.ReasonTokenClaims, "no")
			h.refused("at every use", text, api.ReasonTokenClaims)
			if _, err := h.Verify(t.Context(), core.VerifyRequest{Token: issued.Text.Reveal()}); api.ReasonOf(err) != api.ReasonTokenClaims {
				t.Errorf("asked about: %v", err)
			}
		},
		"TokenFormat.Bound": func(t *testing.T) {
			for _, bound := range []bool{false, true} {
				h := laid(t, func(l *core.TokenFormat) {
					if bound {
						l.Bound = func(c api.Claims) string { return c.String("ip") }
					}
				})
				h.Hooks().TokenClaims.Bind("x", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
					v.Claims = v.Claims.With("ip", "192.0.2.1")
					return v, nil
				})
				_, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "site"})
				if (err != nil) != bound {
					t.Errorf("bound %v: got %v, want an error: %v", bound, err, bound)
				}
			}
		},
		"TokenFormat.Audience": func(t *testing.T) {
			h := laid(t, func(l *core.TokenFormat) { l.Audience, l.Order = []string{"shop"}, append(l.Order, "aud") })
			if c, _ := h.foundWith("site", core.IssueRequest{}); c.String("aud") != "shop" {
				t.Errorf("claims %v", c)
			}
			h = laid(t, func(l *core.TokenFormat) { l.Audience = []string{"shop"} })
			if c, _ := h.foundWith("site", core.IssueRequest{}); c.String("aud") != "" {
				t.Errorf("aud without a place: %v", c)
			}
		},
		"TokenFormat.Lifetime": func(t *testing.T) {
			for _, c := range []struct{ format, asked, want time.Duration }{
				{0, 0, 15 * time.Minute}, {time.Hour, 0, time.Hour}, {time.Hour, time.Minute, time.Minute}, {0, time.Minute, time.Minute},
			} {
				h := laid(t, func(l *core.TokenFormat) { l.Lifetime = c.format })
				issued, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "site", Lifetime: c.asked})
				h.must(err)
				if got := issued.ExpiresAt.Sub(issued.IssuedAt); got != c.want {
					t.Errorf("%+v: lives %s", c, got)
				}
			}
		},
		"TokenFormat.EscapeSlashes": func(t *testing.T) {
			for _, escape := range []bool{false, true} {
				h := laid(t, func(l *core.TokenFormat) { l.EscapeSlashes = escape })
				issued, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "site"})
				h.must(err)
				if got := strings.Contains(rawPayload(t, issued), `https:\/\/site.example`); got != escape {
					t.Errorf("escaped: %v, want %v", got, escape)
				}
			}
		},
		"TokenFormat.NoIssuer": func(t *testing.T) {
			h := laid(t, func(l *core.TokenFormat) { l.NoIssuer = true })
			issued, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "site"})
			h.must(err)
			if iss, there := issued.Claims.Get("iss"); there && iss != "" {
				t.Errorf("iss is %v", iss)
			}
			claims := issued.Claims.Without("iss")
			text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}}, claims, siteKey(t))
			h.must(err)
			h.passes("without an issuer", bearer(text), "bob")
			text, err = token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}}, claims.With("iss", "https://elsewhere.example"), siteKey(t))
			h.must(err)
			h.refused("of another issuer", bearer(text), api.ReasonTokenIssuer)
		},
		"TokenFormat.Paired": func(t *testing.T) {
			for _, paired := range []bool{false, true} {
				h := laid(t, func(l *core.TokenFormat) { l.Paired = paired })
				first, err := h.Tokens().StartSession(t.Context(), core.BeginRequest{Identity: h.bob.Identity("store"), TokenFormat: "site"})
				h.must(err)
				h.passes("before the refresh", bearer(first.Access.Text.Reveal()), "bob")
				next, err := h.Tokens().Refresh(t.Context(), core.RefreshRequest{Token: first.Refresh, TokenFormat: "site"})
				h.must(err)
				h.passes("the next", bearer(next.Access.Text.Reveal()), "bob")
				if d := h.decide("/api/x", bearer(first.Access.Text.Reveal())); (d.Outcome == core.Allowed) == paired {
					t.Errorf("paired %v: the first: %v", paired, d.Err)
				}
			}
		},
		"TokenFormat.Profile": func(t *testing.T) {
			for typ, passes := range map[string]bool{"JWT": true, "jwt": true, "application/jwt": true, "": true, "at+jwt": false, "x": false} {
				h := laid(t, func(l *core.TokenFormat) { l.Profile = token.Profile{} })
				d := h.decide("/api/x", bearer(h.signed(typ, h.siteClaims(h.clock.Now().Add(time.Minute).Unix())...)))
				if (d.Outcome == core.Allowed) != passes {
					t.Errorf("typ %q: got %v, want allowed: %v", typ, d.Err, passes)
				}
			}
			const month = 30 * 24 * time.Hour // the policy's
			for most, want := range map[time.Duration]time.Duration{0: month, time.Hour: time.Hour, 2 * month: month} {
				h := laid(t, func(l *core.TokenFormat) { l.Profile = token.Profile{MaxLifetime: most} })
				for life, passes := range map[time.Duration]bool{want: true, want + time.Second: false} {
					d := h.decide("/api/x", bearer(h.signed("JWT", h.siteClaims(h.clock.Now().Add(life).Unix())...)))
					if (d.Outcome == core.Allowed) != passes {
						t.Errorf("at most %s: a token of %s: got %v, want allowed: %v", most, life, d.Err, passes)
					}
				}
				issued, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "site", Lifetime: 3 * month})
				h.must(err)
				if got := issued.ExpiresAt.Sub(issued.IssuedAt); got != want {
					t.Errorf("at most %s: issued for %s", most, got)
				}
			}
		},
		"TokenFormat.Places": func(t *testing.T) { tokenFormatPlaces(t) },
	}
}

// tokenFormatPlaces: tokens of a format are accepted only in its places.
func tokenFormatPlaces(t *testing.T) {
	h := laid(t, func(l *core.TokenFormat) { l.Places = []core.Place{{Prefix: "/api/x"}} })
	issued, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "site"})
	h.must(err)
	for target, passes := range map[string]bool{"/api/x": true, "/api/xy": false} {
		if d := h.decide(target, bearer(issued.Text.Reveal())); (d.Outcome == core.Allowed) != passes {
			t.Errorf("%s: decide: got %v, want allowed: %v", target, d.Err, passes)
		}
	}
}

func siteSettings() map[string]func(*testing.T) {
	site := func(t *testing.T, s core.Site) *testEngine {
		return newTestEngine(t, func(c *core.Config) {
			s.Name, s.TokenFormat = "site", "site"
			c.Policy.TokenFormats, c.Policy.Sites = []core.TokenFormat{siteFormat(t)}, []core.Site{s}
		})
	}
	// refuses returns what is refused of alice, who is an editor, and of bob.
	refuses := func(t *testing.T, set func(*core.Site), want string) {
		s := core.Site{Prefix: "/api"}
		set(&s)
		h := site(t, s)
		var got []string
		for what, do := range map[string]func(login string) error{
			"1 login": func(login string) error {
				_, err := h.Tokens().Login(t.Context(), core.LoginRequest{Login: login, Password: password, Dialect: "site"})
				return err
			},
			"2 login elsewhere": func(login string) error {
				_, err := h.Tokens().Login(t.Context(), core.LoginRequest{Login: login, Password: password})
				return err
			},
			"3 issue": func(login string) error {
				id, err := h.Tokens().Identity(t.Context(), login)
				h.must(err)
				_, err = h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: id, TokenFormat: "site"})
				return err
			},
			"4 basic":           func(login string) error { return errorOf(h.decide("/api/x", basicHeader(login, password))) },
			"5 basic elsewhere": func(login string) error { return errorOf(h.decide("/token/x", basicHeader(login, password))) },
			"6 token there":     func(login string) error { return errorOf(h.decide("/api/x", bearer(h.siteToken(login)))) },
		} {
			h.must(do("bob"))
			if err := do("alice"); err != nil && api.ReasonOf(err) != api.ReasonRoleRefused {
				t.Errorf("%s: got %v, want success or reason %q", what, err, api.ReasonRoleRefused)
			} else if err != nil {
				got = append(got, what[:1])
			}
		}
		if s := sorted(got); s != want {
			t.Errorf("refused are %s, want %s", s, want)
		}
	}
	return map[string]func(*testing.T){
		"Site.Host": func(t *testing.T) {
			h := site(t, core.Site{Host: "Example.org:443", Aliases: []string{"WWW.example.org"}})
			for host, passes := range map[string]bool{"example.org": true, "www.example.org": true, "other.example": false} {
				a := get("/api/x", bearer(h.siteToken("bob")))
				a.Host = host
				if d := h.Decide(t.Context(), a); (d.Outcome == core.Allowed) != passes {
					t.Errorf("%s: Decide: got %v, want allowed: %v", host, d.Err, passes)
				}
			}
		},
		"Site.Header": func(t *testing.T) {
			h := site(t, core.Site{Prefix: "/api", Header: route.HeaderSpec{Name: "X-Site", Prefix: "Bearer"}})
			text := h.siteToken("bob")
			h.passes("in its header", api.Header{"X-Site": {"Bearer " + text}}, "bob")
			h.passes("in the standard one", bearer(text), "bob")
			h.refused("without the prefix", api.Header{"X-Site": {text}}, api.ReasonBadCredential)
			if d := h.decide("/token/x", api.Header{"X-Site": {"Bearer " + h.token("bob")}}); outcome(d) != api.ReasonNoCredential {
				t.Errorf("elsewhere: %v", outcome(d))
			}
			if !h.Carries("X-Site") || !h.Carries("X-Token") || h.Carries("X-Other") {
				t.Error("Carries does not name the site's header, or a rule's, alone")
			}
		},
		"Site.RefuseLogin": func(t *testing.T) { refuses(t, func(s *core.Site) { s.RefuseLogin = []string{"editor"} }, "13") },
		"Site.RefuseBasic": func(t *testing.T) { refuses(t, func(s *core.Site) { s.RefuseBasic = []string{"editor"} }, "4") },
		"Site.RefuseToken": func(t *testing.T) { refuses(t, func(s *core.Site) { s.RefuseToken = []string{"editor"} }, "136") },
	}
}

func methodSettings() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"NamedMethod.RefuseRoles": func(t *testing.T) {
			for i, header := range []func(*testEngine, string) api.Header{
				func(_ *testEngine, login string) api.Header { return basicHeader(login, password) },
				func(h *testEngine, login string) api.Header {
					key, _ := h.apiKey(core.NewAPIKey{Subject: "u_" + login})
					return keyHeader(key)
				},
				func(h *testEngine, login string) api.Header { return bearer(h.token(login)) },
			} {
				h := newTestEngine(t, func(c *core.Config) { c.Policy.Methods[i].RefuseRoles = []string{"editor"} })
				h.config.Policy.Methods[i].RefuseRoles[0] = "subscriber" // must not change the policy
				h.passes("who does not have the role", header(h, "bob"), "bob")
				h.refused("who has it", header(h, "alice"), api.ReasonRoleRefused)
			}
		},
	}
}

func foreignSettings() map[string]func(*testing.T) {
	whole := core.ExternalIssuer{Name: "x", Issuer: "https://x", Audience: []string{"a"}, Keys: func(context.Context, string, string) ([]api.Key, error) { return nil, errors.New("none") }}
	return map[string]func(*testing.T){
		"ExternalIssuer.Issuer": func(t *testing.T) {
			if _, err := core.ExternalTokenFormat(whole); err != nil {
				t.Fatal(err)
			}
			for name, change := range map[string]func(*core.ExternalIssuer){
				"name": func(f *core.ExternalIssuer) { f.Name = "" }, "issuer": func(f *core.ExternalIssuer) { f.Issuer = "" },
				"audience": func(f *core.ExternalIssuer) { f.Audience = nil }, "keys": func(f *core.ExternalIssuer) { f.Keys = nil },
			} {
				f := whole
				change(&f)
				if _, err := core.ExternalTokenFormat(f); err == nil {
					t.Errorf("an issuer without %s is trusted", name)
				}
			}
		},
	}
}
