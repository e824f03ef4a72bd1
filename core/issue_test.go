package core_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

func (h *testEngine) issue(id api.Identity) core.Issued {
	h.t.Helper()
	issued, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: id})
	h.must(err)
	return issued
}

// payload decodes the claims of a token with encoding/json.
func payload(t *testing.T, issued core.Issued) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(issued.Text.Reveal(), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// claimsHook binds a function that changes the claims at token-claims.
func claimsHook(change func(api.Claims) api.Claims) func(*core.Hooks) {
	return func(hs *core.Hooks) {
		hs.TokenClaims.Bind("x", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
			v.Claims = change(v.Claims)
			v.Identity = api.Identity{Subject: "u_evil", Gen: 99}
			return v, nil
		})
	}
}

func names(c api.Claims) []string {
	var list []string
	for name := range c.All {
		list = append(list, name)
	}
	return list
}

func TestIssue_native(t *testing.T) {
	for _, kind := range []string{"hs256", "rs256", "es256", "eddsa"} {
		t.Run(kind, func(t *testing.T) {
			h := newTestEngine(t, func(c *core.Config) {
				c.Keys = benchmarkKeys(t, kind)
				c.Policy.Tokens = core.TokenPolicy{Issuer: "https://id.example", Audience: []string{"shop"}}
			})
			id := h.alice.Identity("store")
			id.Client, id.Scopes = "app", []string{"read", "write"}
			issued := h.issue(id)
			head, _, _ := strings.Cut(issued.Text.Reveal(), ".")
			text, _ := base64.RawURLEncoding.DecodeString(head)
			if want := `{"typ":"at+jwt","alg":"` + algorithms[kind] + `","kid":"` + h.Keys().Active().ID + `"}`; string(text) != want {
				t.Errorf("header %s, want %s", text, want)
			}
			want := []string{"iss", "sub", "aud", "iat", "nbf", "exp", "jti", "sid", "gen", "client_id", "preferred_username", "uid", "roles", "scope"}
			if got := names(issued.Claims); !slices.Equal(got, want) {
				t.Errorf("claims in order\n%v, want\n%v", got, want)
			}
			back, err := h.Verify(context.Background(), core.VerifyRequest{Token: issued.Text.Reveal()})
			if err != nil {
				t.Fatal(err)
			}
			if back.Subject != id.Subject || back.Login != "alice" || back.Number != id.Number || back.Gen != id.Gen || back.Client != "app" ||
				!slices.Equal(back.Roles, id.Roles) || !slices.Equal(back.Scopes, id.Scopes) {
				t.Errorf("passed %+v, got %+v", id, back)
			}
			p := back.Proof
			if p.TokenID != issued.ID || p.Session != issued.Session || p.KeyID != h.Keys().Active().ID || p.TokenFormat != "native" ||
				!p.IssuedAt.Equal(issued.IssuedAt) || !p.ExpiresAt.Equal(issued.ExpiresAt) || p.NoGen {
				t.Errorf("got proof %+v of %+v", p, issued)
			}
		})
	}
}

func TestIssue_noHookForgesRegisteredClaims(t *testing.T) {
	registered := []string{"iss", "sub", "aud", "iat", "nbf", "exp", "jti", "sid", "gen", "cnf"}
	forge := map[string]func(api.Claims) api.Claims{
		"overwritten": func(c api.Claims) api.Claims {
			for _, name := range registered {
				c = c.With(name, "forged")
			}
			return c
		},
		"removed": func(c api.Claims) api.Claims { return c.Without(registered...) },
		"removed and added last": func(c api.Claims) api.Claims {
			for _, name := range registered {
				c = c.Without(name).With(name, api.NewClaims(api.Claim{Name: "sub", Value: "forged"}))
			}
			return c
		},
		"in another case": func(c api.Claims) api.Claims {
			for _, name := range registered {
				c = c.With(strings.ToUpper(name[:1])+name[1:], "forged").With(strings.ToUpper(name), "forged")
				if long := strings.ReplaceAll(name, "s", "\u017f"); long != name { // the long s folds to s
					c = c.With(long, "forged")
				}
			}
			return c
		},
		"nested": func(c api.Claims) api.Claims {
			return c.With("data", api.NewClaims(api.Claim{Name: "sub", Value: "forged"}, api.Claim{Name: "exp", Value: int64(1)}))
		},
		"from nothing": func(api.Claims) api.Claims { return api.Claims{} },
	}
	var plain core.Issued
	for name, change := range forge {
		t.Run(name, func(t *testing.T) {
			random := bytes.NewReader(bytes.Repeat([]byte{7}, 1<<16))
			h := newTestEngine(t, func(c *core.Config) {
				c.Rand, c.Policy.Hooks = random, core.NewHooks()
			})
			if plain = h.issue(h.alice.Identity("store")); plain.ID == "" {
				t.Fatal("no jti")
			}
			claimsHook(change)(h.Hooks())
			forged := h.issue(h.alice.Identity("store"))
			for _, claim := range registered {
				want, had := plain.Claims.Get(claim)
				got, has := forged.Claims.Get(claim)
				if had != has || got != want {
					t.Errorf("%s is %v (%v), want %v (%v)", claim, got, has, want, had)
				}
			}
			for name := range payload(t, forged) {
				for _, claim := range registered {
					if strings.EqualFold(name, claim) && name != claim {
						t.Errorf("claim %q can be confused with %q", name, claim)
					}
				}
			}
			id, err := h.Verify(context.Background(), core.VerifyRequest{Token: forged.Text.Reveal()})
			if err != nil || id.Subject != h.alice.Subject || id.Gen != h.alice.Gen {
				t.Errorf("the token is for %q of generation %d (%v)", id.Subject, id.Gen, err)
			}
		})
	}
}

func TestIssue_hooksClaims(t *testing.T) {
	h := withHooks(t, claimsHook(func(c api.Claims) api.Claims {
		return c.Without("nbf", "roles").With("tenant", "acme").With("iss", "x").With("roles", []any{"guest"})
	}))
	issued := h.issue(h.alice.Identity("store"))
	want := []string{"iss", "sub", "iat", "nbf", "exp", "jti", "sid", "gen", "preferred_username", "uid", "roles", "tenant"}
	if got := names(issued.Claims); !slices.Equal(got, want) {
		t.Errorf("claims in order\n%v, want\n%v", got, want)
	}
	id, err := h.Verify(context.Background(), core.VerifyRequest{Token: issued.Text.Reveal()})
	if err != nil || !slices.Equal(id.Roles, []string{"guest"}) {
		t.Errorf("got roles %v, %v; want the hook's", id.Roles, err)
	}
}

// A token format may identify its user by claims that are not registered ones.
func TestIssue_hooksCannotNameAnotherUser(t *testing.T) {
	for name, change := range map[string]func(api.Claims) api.Claims{
		"login":  func(c api.Claims) api.Claims { return c.With("preferred_username", "bob") },
		"number": func(c api.Claims) api.Claims { return c.With("uid", int64(77)) },
		"broken": func(c api.Claims) api.Claims { return c.With("roles", "administrator") },
	} {
		h := withHooks(t, claimsHook(change))
		_, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: h.alice.Identity("store")})
		if api.ReasonOf(err) != api.ReasonHookFailed {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
}

func TestIssue_lifetime(t *testing.T) {
	const lowest, usual, highest = 10 * time.Second, 15 * time.Minute, time.Hour
	tests := []struct {
		name string
		life time.Duration
		want time.Duration
	}{
		{"as proposed", usual, usual},
		{"two hours are too long", 2 * time.Hour, highest},
		{"longer than any", 1<<63 - 1, highest},
		{"a second is too short", time.Second, lowest},
		{"none", 0, lowest},
		{"negative", -1 << 63, lowest},
		{"a fraction", 20*time.Second + 900*time.Millisecond, 20 * time.Second},
	}
	var life, proposed time.Duration
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Tokens = core.TokenPolicy{MinTTL: lowest, AccessTTL: usual, MaxTTL: highest}
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.AuthExpire.Bind("x", func(_ context.Context, v core.Lifetime) (core.Lifetime, error) {
			proposed, v.Lifetime = v.Lifetime, life
			v.IssuedAt = v.IssuedAt.Add(-time.Hour) // must have no effect
			return v, nil
		})
	})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			life = tt.life
			issued := h.issue(h.alice.Identity("store"))
			if got := issued.ExpiresAt.Sub(issued.IssuedAt); got != tt.want || proposed != usual {
				t.Errorf("lives %s of %s proposed, want %s of %s", got, proposed, tt.want, usual)
			}
			exp, _ := issued.Claims.Int("exp")
			iat, _ := issued.Claims.Int("iat")
			if exp-iat != int64(tt.want/time.Second) || iat != h.clock.Now().Unix() {
				t.Errorf("iat %d, exp %d; want %s apart, from now", iat, exp, tt.want)
			}
		})
	}
}

func TestIssue_notBefore(t *testing.T) {
	var at time.Time
	h := withHooks(t, func(hs *core.Hooks) {
		hs.AuthNotBefore.Bind("x", func(_ context.Context, v core.NotBefore) (core.NotBefore, error) { v.NotBefore = at; return v, nil })
	})
	now := h.clock.Now().Truncate(time.Second)
	exp := now.Add(15 * time.Minute)
	for _, tt := range []struct {
		at   time.Time
		want int64
	}{
		{now.Add(time.Minute), now.Unix() + 60}, {now.Add(-time.Minute), now.Unix() - 60}, {exp.Add(time.Hour), exp.Unix()},
		{time.Unix(1<<63-1, 0), exp.Unix()}, {time.Unix(-1<<63, 0), 0}, {time.Time{}, 0},
	} {
		at = tt.at
		if got, _ := h.issue(h.alice.Identity("store")).Claims.Int("nbf"); got != tt.want {
			t.Errorf("nbf %v became %d, want %d", tt.at, got, tt.want)
		}
	}
}

func TestIssue_choices(t *testing.T) {
	var issuer, algorithm string
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Tokens = core.TokenPolicy{Issuer: "a", Issuers: []string{"b"}}
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.AuthIssuer.Bind("x", func(_ context.Context, v core.Issuer) (core.Issuer, error) {
			if v.Host != "shop.example" {
				t.Errorf("auth-issuer sees host %q", v.Host)
			}
			v.Issuer = issuer
			return v, nil
		})
		c.Policy.Hooks.AuthAlgorithm.Bind("x", func(_ context.Context, v core.Algorithm) (core.Algorithm, error) {
			v.Algorithm = algorithm
			return v, nil
		})
	})
	for _, tt := range []struct {
		issuer, algorithm string
		ok                bool
	}{
		{"a", "HS256", true}, {"b", "HS256", true}, {"c", "HS256", false}, {"", "HS256", false}, {"A", "HS256", false},
		{"a", "none", false}, {"a", "RS256", false}, {"a", "", false}, {"a", "hs256", false},
	} {
		issuer, algorithm = tt.issuer, tt.algorithm
		issued, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: h.alice.Identity("store"), Host: "shop.example"})
		if (err == nil) != tt.ok {
			t.Errorf("%q with %q: got %v, want it accepted: %v", tt.issuer, tt.algorithm, err, tt.ok)
			continue
		}
		if !tt.ok {
			if api.ReasonOf(err) != api.ReasonHookFailed || issued.Text != "" {
				t.Errorf("%q with %q: got %v, want no Text and reason %q", tt.issuer, tt.algorithm, err, api.ReasonHookFailed)
			}
			continue
		}
		id, err := h.Verify(context.Background(), core.VerifyRequest{Token: issued.Text.Reveal()})
		if err != nil || id.Proof.Issuer != tt.issuer {
			t.Errorf("%q: verifies as issued by %q, %v", tt.issuer, id.Proof.Issuer, err)
		}
	}
}

func TestIssue_hooksRefuse(t *testing.T) {
	deny := core.Deny("", "not today")
	for name, bind := range map[string]func(*core.Hooks){
		"auth-expire": func(h *core.Hooks) {
			h.AuthExpire.Bind("x", func(_ context.Context, v core.Lifetime) (core.Lifetime, error) { return v, deny })
		},
		"auth-not-before": func(h *core.Hooks) {
			h.AuthNotBefore.Bind("x", func(_ context.Context, v core.NotBefore) (core.NotBefore, error) { return v, deny })
		},
		"auth-issuer": func(h *core.Hooks) {
			h.AuthIssuer.Bind("x", func(_ context.Context, v core.Issuer) (core.Issuer, error) { return v, deny })
		},
		"auth-algorithm": func(h *core.Hooks) {
			h.AuthAlgorithm.Bind("x", func(_ context.Context, v core.Algorithm) (core.Algorithm, error) { return v, deny })
		},
		"token-claims": func(h *core.Hooks) {
			h.TokenClaims.Bind("x", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) { return v, deny })
		},
	} {
		h := withHooks(t, bind)
		issued, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: h.alice.Identity("store")})
		if !errors.Is(err, deny) || issued.Text != "" {
			t.Errorf("%s: got error %v, issued %v; want error %q and no token", name, err, issued.Text != "", deny)
		}
	}
}

func TestIssue_nobody(t *testing.T) {
	h := newTestEngine(t, nil)
	if _, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: api.Identity{Login: "alice"}}); err == nil {
		t.Error("issued a token without a subject")
	}
	if _, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: h.alice.Identity(""), TokenFormat: "none"}); err == nil {
		t.Error("issued a token in an unknown format")
	}
}

func TestIssue_randomnessFails(t *testing.T) {
	ring, err := keys.Open(context.Background(), keys.Config{})
	if err != nil {
		t.Fatal(err)
	}
	h := newTestEngine(t, func(c *core.Config) { c.Keys, c.Rand = ring, bytes.NewReader(make([]byte, 200)) })
	for range 20 {
		if _, err = h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: h.alice.Identity("")}); err != nil {
			return
		}
	}
	t.Error("issued 20 tokens from 200 random bytes")
}

func TestDecide_leeway(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) { c.Policy.Tokens.Leeway = 10 * time.Second })
	token, unseen := bearer(h.token("alice")), bearer(h.token("alice"))
	h.passes("fresh", token, "alice")
	h.clock.advance(15*time.Minute + 9*time.Second)
	h.passes("remembered, within the leeway", token, "alice")
	h.passes("first seen within the leeway", unseen, "alice")
	h.clock.advance(time.Second)
	h.refused("after the leeway", token, api.ReasonTokenExpired)
}
