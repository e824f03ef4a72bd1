package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// TestTokenFormat_incomplete: a token format without a required part is refused.
func TestTokenFormat_incomplete(t *testing.T) {
	for name, breaks := range map[string]func(*core.TokenFormat){
		"no name":            func(l *core.TokenFormat) { l.Name = "" },
		"Cardea's name":      func(l *core.TokenFormat) { l.Name = "native" },
		"no issuer":          func(l *core.TokenFormat) { l.Issuer = "" },
		"nothing reads it":   func(l *core.TokenFormat) { l.Read = nil },
		"an issuer's prefix": func(l *core.TokenFormat) { l.Name = "issuer:site" },
		"a place with no path": func(l *core.TokenFormat) {
			l.Places = []core.Place{{Host: "a.example", Prefix: "wp"}}
		},
	} {
		l := siteFormat(t)
		breaks(&l)
		e, err := core.New(t.Context(), core.Config{Policy: core.Policy{TokenFormats: []core.TokenFormat{l}}})
		if err == nil {
			e.Close()
			t.Errorf("%s: it opens", name)
		} else if !strings.Contains(err.Error(), "token format") {
			t.Errorf("%s: got %v, want an error with %q", name, err, "token format")
		}
	}
}

// TestVerify_namesNobody: a token must say enough about its user to find the directory and
// then the user.
func TestVerify_namesNobody(t *testing.T) {
	for name, c := range map[string]struct {
		directory string
		says      api.Identity
		code      api.Code // "": it is good
	}{
		"a number in the format's directory": {"shop", api.Identity{Number: 1}, ""},
		"a number in any directory":          {"", api.Identity{Number: 1}, api.Internal},
		"no number, in any directory":        {"", api.Identity{}, api.Unauthenticated},
		"no number, in the format's":         {"shop", api.Identity{}, api.Unauthenticated},
		"a negative number":                  {"", api.Identity{Number: -1}, api.Unauthenticated},
		"a number of nobody's":               {"shop", api.Identity{Number: 7}, api.Unauthenticated},
		"a subject":                          {"", api.Identity{Subject: "shop:1"}, ""},
		"a subject of another directory":     {"forum", api.Identity{Subject: "shop:1"}, api.Unauthenticated},
		"a subject that cannot be looked up": {"forum", api.Identity{Subject: "forum:1"}, api.Unavailable},
		"and another's name":                 {"shop", api.Identity{Number: 1, Login: "eve"}, api.Unauthenticated},
	} {
		w := newTestSites(t, func(cfg *core.Config) {
			l := siteFormat(t)
			l.Directory = c.directory
			l.Read = func(api.Claims) (api.Identity, bool, error) { return c.says, false, nil }
			cfg.Policy.TokenFormats, cfg.Policy.Sites = []core.TokenFormat{l}, nil
		})
		w.forum.before = func() error { return errFault }
		text := w.signed("JWT", w.siteClaims(w.clock.Now().Add(time.Minute).Unix())...)
		id, err := w.Verify(t.Context(), core.VerifyRequest{Token: text})
		if api.CodeOf(err) != c.code || (err == nil) != (id.Login == "root") {
			t.Errorf("%s: %q, %v; want code %q", name, id.Login, err, c.code)
		}
	}
}

// TestVerify_externalSession: the session in an external token is not one of ours, even if
// it has the same id.
func TestVerify_externalSession(t *testing.T) {
	for external, passes := range map[bool]bool{true: true, false: false} {
		h := newSite(t, func(c *core.Config) {
			if l := &c.Policy.TokenFormats[0]; external {
				l.Name, l.Keys = "issuer:site", nil
				l.Verifying = func(context.Context, string, string) ([]api.Key, error) { return []api.Key{siteKey(t)}, nil }
			}
		})
		g, err := h.Tokens().StartSession(t.Context(), core.BeginRequest{Identity: h.alice.Identity("store")})
		h.must(err)
		claims := h.siteClaims(h.clock.Now().Add(time.Minute).Unix(), api.Claim{Name: "sid", Value: g.Session})
		_, err = h.Verify(t.Context(), core.VerifyRequest{Token: h.signed("JWT", claims...)})
		if (err == nil) != passes {
			t.Errorf("external %v: got %v, want an error: %v", external, err, !passes)
		}
	}
}

// TestRemember_formats: a deleted user's number is kept as long as the longest-lived tokens
// of any format.
func TestRemember_formats(t *testing.T) {
	var far time.Duration
	s := memory.New()
	defer s.Close()
	h := newSite(t, func(c *core.Config) {
		c.Store = s
		c.Policy.Tokens.MaxTTL = time.Hour
		l := &c.Policy.TokenFormats[0]
		l.Name, l.Keys, l.Profile.MaxLifetime = "issuer:site", nil, 100*time.Hour
		l.Verifying = func(context.Context, string, string) ([]api.Key, error) { return nil, errors.New("none") }
	})
	h.must(h.accounts.Delete(t.Context(), h.bob, "op"))
	h.must(h.Tokens().Revoke(t.Context(), api.Revocation{Kind: api.RevokeToken, Key: "x"}))
	rows, err := s.RevocationsSince(t.Context(), 0, time.Time{}, 100)
	h.must(err)
	for _, r := range rows {
		far = max(far, r.Expires.Sub(r.At))
	}
	if far < 100*time.Hour {
		t.Errorf("it is remembered for %s", far)
	}
}
