package core_test

import (
	"context"
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/token"
)

// siteKey is the secret with which a site signs its tokens.
func siteKey(t testing.TB) api.Key {
	t.Helper()
	key, err := keys.FromSecret("", "HS256", "0123456789abcdefghijklmnopqrstuvwxyz")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// siteFormat returns a token format as dialects declare it; it has users' numbers.
func siteFormat(t testing.TB) core.TokenFormat {
	return core.TokenFormat{
		Name: "site", Issuer: "https://site.example", Keys: []api.Key{siteKey(t)},
		Head:  []api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}, {Name: "kid"}},
		Order: []string{"iss", "iat", "exp", "user", "jti", "sid", "gen"},
		Base:  func(id api.Identity) api.Claims { return api.NewClaims(api.Claim{Name: "user", Value: id.Number}) },
		Read: func(c api.Claims) (api.Identity, bool, error) {
			n, _ := c.Int("user")
			return api.Identity{Number: n}, false, nil
		},
		Profile: token.Profile{Types: []string{"JWT"}},
	}
}

func newSite(t testing.TB, change func(*core.Config)) *testEngine {
	return newTestEngine(t, func(c *core.Config) {
		c.Policy.TokenFormats = []core.TokenFormat{siteFormat(t)}
		if change != nil {
			change(c)
		}
	})
}

// signed makes a token as the site would.
func (h *testEngine) signed(typ string, claims ...api.Claim) string {
	h.t.Helper()
	text, err := token.Sign([]api.Claim{{Name: "typ", Value: typ}}, api.NewClaims(claims...), siteKey(h.t))
	h.must(err)
	return text
}

func (h *testEngine) siteClaims(exp any, more ...api.Claim) []api.Claim {
	return append([]api.Claim{
		{Name: "iss", Value: "https://site.example"}, {Name: "iat", Value: h.clock.Now().Unix()},
		{Name: "exp", Value: exp}, {Name: "user", Value: h.bob.Number},
	}, more...)
}

func TestVerify_siteFormat(t *testing.T) {
	h := newSite(t, nil)
	issued, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "site"})
	h.must(err)
	h.passes("issued here", bearer(issued.Text.Reveal()), "bob")
	exp := h.clock.Now().Add(time.Minute).Unix()
	h.passes("signed there", bearer(h.signed("JWT", h.siteClaims(exp)...)), "bob")
	for what, x := range map[string]struct{ token, reason string }{
		"another type":   {h.signed("at+jwt", h.siteClaims(exp)...), api.ReasonTokenIssuer},
		"another issuer": {h.signed("JWT", api.Claim{Name: "iss", Value: "x"}, api.Claim{Name: "exp", Value: exp}), api.ReasonTokenIssuer},
		"no such user":   {h.signed("JWT", append(h.siteClaims(exp)[:3], api.Claim{Name: "user", Value: int64(999)})...), api.ReasonUnknownUser},
		"no user":        {h.signed("JWT", h.siteClaims(exp)[:3]...), api.ReasonTokenSubject},
		"native claims by the site's key": {h.signed("at+jwt",
			api.Claim{Name: "iss", Value: "cardea"}, api.Claim{Name: "sub", Value: "u_alice"}, api.Claim{Name: "iat", Value: exp - 60},
			api.Claim{Name: "exp", Value: exp}, api.Claim{Name: "jti", Value: "x"}), api.ReasonTokenSignature},
		"longer than revocations are remembered": {h.signed("JWT", h.siteClaims(h.clock.Now().Add(31*24*time.Hour).Unix())...), api.ReasonTokenLifetime},
	} {
		if d := h.decide("/api/x", bearer(x.token)); d.Outcome != core.Refused {
			t.Errorf("%s: passes", what)
		} else if d.Err.Reason != x.reason {
			t.Errorf("%s: got %v, want %s", what, d.Err, x.reason)
		}
	}
	if _, err := h.Verify(context.Background(), core.VerifyRequest{Token: issued.Text.Reveal(), TokenFormat: "native"}); err == nil {
		t.Error("a token of the site counts as a native one")
	}
	if _, err := h.Verify(context.Background(), core.VerifyRequest{Token: h.token("bob"), TokenFormat: "site"}); err == nil {
		t.Error("a native token counts as the site's")
	}
	if id, err := h.Verify(context.Background(), core.VerifyRequest{Token: issued.Text.Reveal(), TokenFormat: "site"}); err != nil || id.Login != "bob" {
		t.Errorf("as what it is: got %q, %v; want Login \"bob\"", id.Login, err)
	}
}

// A NumericDate may have a fraction (RFC 7519 section 2); a cached token must expire all
// the same.
func TestDecide_fractionalExp(t *testing.T) {
	h := newSite(t, nil) // the clock stands at half a second
	exp := h.clock.Now().Unix() + 10
	header := bearer(h.signed("JWT", h.siteClaims(json.Number(strconv.FormatInt(exp, 10)+".75"))...))
	h.passes("before", header, "bob")
	h.clock.advance(10 * time.Second)
	h.passes("a quarter of a second before the end", header, "bob")
	h.clock.advance(250 * time.Millisecond)
	h.refused("at the end", header, api.ReasonTokenExpired)
}

// Tokens without a generation are revoked by time, including those of the same second.
func TestDecide_tokenWithoutGeneration(t *testing.T) {
	h := newSite(t, nil)
	exp := h.clock.Now().Add(time.Minute).Unix()
	header := bearer(h.signed("JWT", h.siteClaims(exp)...))
	h.passes("before", header, "bob")
	h.must(h.accounts.SetPassword(context.Background(), h.bob.Subject, "another horse", "test"))
	h.refused("after", header, api.ReasonTokenRevoked)
	h.clock.advance(time.Second)
	h.passes("signed a second later", bearer(h.signed("JWT", h.siteClaims(exp)...)), "bob")
}

func TestVerify_toldAndAsked(t *testing.T) {
	var checks, told int
	refuse := error(nil)
	h := withHooks(t, func(hs *core.Hooks) {
		hs.TokenVerify.Bind("x", func(_ context.Context, v core.TokenCheck) (core.TokenCheck, error) { checks++; return v, refuse })
		hs.TokenValidated.Bind("x", func(_ context.Context, ev core.Event) error {
			if ev.Identity.Login != "bob" || ev.TokenID == "" {
				t.Errorf("the event has %q, token %q", ev.Identity.Login, ev.TokenID)
			}
			told++
			return nil
		})
	})
	text := h.token("bob")
	verify := func() error {
		_, err := h.Verify(context.Background(), core.VerifyRequest{Token: text})
		return err
	}
	h.must(verify())
	h.must(verify())
	refuse = core.Deny("", "no")
	if err := verify(); api.CodeOf(err) != api.Denied {
		t.Errorf("got %v, want the hook's refusal", err)
	}
	h.drained()
	if checks != 3 || told != 2 {
		t.Errorf("verified %d times, %d events; want 3 and 2", checks, told)
	}
	h.decide("/api/x", bearer(text))
	if h.drained(); told != 2 {
		t.Error("a decision counts as a question about a token")
	}
}
