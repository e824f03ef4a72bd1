package core_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/keys/issuerkeys"
	"github.com/cardea-auth/cardea/core/token"
)

// partner is an external issuer on the loopback address that uses the engine's clock.
type partner struct {
	*httptest.Server
	t    *testing.T
	hits atomic.Int64
	set  atomic.Pointer[[]byte]
	down atomic.Bool
	key  api.Key
}

func newPartner(t *testing.T) *partner {
	p := &partner{t: t}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.hits.Add(1)
		if p.down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.Write(*p.set.Load())
	}))
	t.Cleanup(p.Close)
	p.rotate()
	return p
}

// rotate replaces the published key.
func (p *partner) rotate() {
	p.t.Helper()
	key, err := keys.Generate("ES256", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	set, err := keys.ExportSet([]api.Key{key})
	if err != nil {
		p.t.Fatal(err)
	}
	p.key = key
	p.set.Store(&set)
}

// testEngine opens an engine that trusts partner.
func (p *partner) testEngine(change func(*core.ExternalIssuer)) *testEngine {
	p.t.Helper()
	return newTestEngine(p.t, func(c *core.Config) {
		remote, err := issuerkeys.Open(issuerkeys.Config{Issuer: p.URL, URL: p.URL, Algorithms: []string{"ES256"}, AllowPrivate: true, Now: c.Now})
		if err != nil {
			p.t.Fatal(err)
		}
		f := core.ExternalIssuer{
			Name: "partner", Issuer: p.URL, Audience: []string{"api"}, Keys: remote.Verifying,
			RolesClaim: "groups", Roles: map[string]string{"staff": "editor"},
		}
		if change != nil {
			change(&f)
		}
		l, err := core.ExternalTokenFormat(f)
		if err != nil {
			p.t.Fatal(err)
		}
		c.Policy.TokenFormats = []core.TokenFormat{l}
	})
}

// token signs partner's usual claims; further ones replace them.
func (p *partner) token(h *testEngine, further ...api.Claim) string {
	p.t.Helper()
	now := h.clock.Now().Unix()
	claims := api.NewClaims(append([]api.Claim{
		{Name: "iss", Value: p.URL}, {Name: "aud", Value: "api"}, {Name: "sub", Value: h.alice.Subject},
		{Name: "iat", Value: now}, {Name: "exp", Value: now + 3600},
	}, further...)...)
	text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}, {Name: "kid", Value: p.key.ID}}, claims, p.key)
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// Nothing in an external token can identify one of our own users.
func TestForeign_identity(t *testing.T) {
	p := newPartner(t)
	h := p.testEngine(nil)
	text := p.token(h,
		api.Claim{Name: "groups", Value: []any{"staff", "administrator", "staff"}}, api.Claim{Name: "roles", Value: []any{"administrator"}},
		api.Claim{Name: "scope", Value: "read"}, api.Claim{Name: "preferred_username", Value: "alice"}, api.Claim{Name: "uid", Value: int64(1)},
		api.Claim{Name: "sid", Value: "s"}, api.Claim{Name: "gen", Value: int64(99)}, api.Claim{Name: "jti", Value: "j"})
	d := h.decide("/api/x", bearer(text))
	id := d.Identity
	want := "issuer:partner:" + h.alice.Subject
	if d.Outcome != core.Allowed || id.Subject != want || id.Login != want || !slices.Equal(id.Roles, []string{"editor"}) ||
		id.Scopes != nil || id.Number != 0 || !id.Proof.NoGen || id.Proof.Session != "" || id.Proof.TokenID != "issuer:partner:j" {
		t.Errorf("got %v, identity %+v; want that of the issuer's token", d.Err, id)
	}
	if got := d.Headers.Get(core.HeaderUser); got != want {
		t.Errorf("the upstream gets %q", got)
	}
	for path, reason := range map[string]string{"/admin/x": api.ReasonRole, "/scoped/x": api.ReasonScope} {
		if d := h.decide(path, bearer(text)); api.ReasonOf(errOf(d)) != reason {
			t.Errorf("%s: got %v, want a refusal for %s", path, d.Err, reason)
		}
	}
	if _, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: id, TokenFormat: "issuer:partner"}); err == nil {
		t.Error("a token was issued in another issuer's name")
	}
}

func TestForeign_refuses(t *testing.T) {
	p := newPartner(t)
	h := p.testEngine(func(f *core.ExternalIssuer) { f.SubjectClaim, f.MaxLifetime = "email", 2*time.Hour })
	mail := api.Claim{Name: "email", Value: "a@example.org"}
	now := h.clock.Now().Unix()
	for _, c := range []struct {
		what   string
		claim  api.Claim
		reason string
	}{
		{"good", api.Claim{Name: "x", Value: "y"}, ""},
		{"another audience", api.Claim{Name: "aud", Value: "shop"}, api.ReasonTokenAudience},
		{"no audience", api.Claim{Name: "aud", Value: ""}, api.ReasonTokenAudience},
		{"another issuer", api.Claim{Name: "iss", Value: p.URL + "/x"}, api.ReasonTokenIssuer},
		{"expired", api.Claim{Name: "exp", Value: now}, api.ReasonTokenExpired},
		{"lives too long", api.Claim{Name: "exp", Value: now + 7201}, api.ReasonTokenLifetime},
		{"no subject", api.Claim{Name: "email", Value: ""}, api.ReasonTokenSubject},
		{"subject is not a string", api.Claim{Name: "email", Value: []any{"a@example.org"}}, api.ReasonTokenSubject},
		{"subject with a blank at its end", api.Claim{Name: "email", Value: "eve\u00a0"}, api.ReasonTokenSubject},
		{"subject that is not printed", api.Claim{Name: "email", Value: "eve\u200b"}, api.ReasonTokenSubject},
		{"subject that no header holds", api.Claim{Name: "email", Value: "a\nX-Auth-Roles: administrator"}, api.ReasonTokenSubject},
	} {
		d := h.decide("/api/x", bearer(p.token(h, mail, c.claim)))
		if api.ReasonOf(errOf(d)) != c.reason {
			t.Errorf("%s: got %v, want %q", c.what, d.Err, c.reason)
		}
	}
}

// TestForeign_leeway: the leeway of an external issuer applies to its tokens only.
func TestForeign_leeway(t *testing.T) {
	p := newPartner(t)
	h := p.testEngine(func(f *core.ExternalIssuer) { f.Leeway = 10 * time.Second })
	now, who := h.clock.Now().Unix(), "issuer:partner:"+h.alice.Subject
	from := func(seconds int64) api.Header {
		return bearer(p.token(h, api.Claim{Name: "iat", Value: now + seconds}, api.Claim{Name: "nbf", Value: now + seconds}))
	}
	h.passes("ahead by the leeway", from(10), who)
	h.refused("ahead by more", from(11), api.ReasonTokenNotYet)
	theirs := bearer(p.token(h, api.Claim{Name: "exp", Value: now + 60}))
	ours := bearer(h.token("bob"))
	h.passes("fresh", theirs, who)
	h.clock.advance(69 * time.Second)
	h.passes("remembered, within the leeway", theirs, who)
	h.clock.advance(time.Second)
	h.refused("after the leeway", theirs, api.ReasonTokenExpired)
	h.clock.advance(15*time.Minute - 70*time.Second)
	h.refused("ours, to the second", ours, api.ReasonTokenExpired)
	if _, err := core.ExternalTokenFormat(core.ExternalIssuer{Name: "x", Issuer: "https://x", Audience: []string{"api"}, Keys: issuerkeys.Fixed(nil), Leeway: time.Hour}); err == nil {
		t.Error("a leeway of an hour is accepted")
	}
}

// A key that the issuer added is loaded at once. One that it withdrew is dropped at the
// next load, together with the results cached for its tokens.
func TestForeign_rotation(t *testing.T) {
	p := newPartner(t)
	h := p.testEngine(nil)
	old := bearer(p.token(h))
	h.passes("before", old, "issuer:partner:"+h.alice.Subject)
	p.rotate()
	h.clock.advance(31 * time.Second) // past the cool-down
	h.passes("the new key", bearer(p.token(h)), "issuer:partner:"+h.alice.Subject)
	h.clock.advance(time.Minute)
	h.refused("the key taken back", old, api.ReasonTokenKey)
	if got := p.hits.Load(); got > 3 {
		t.Errorf("%d fetches", got)
	}
}

func TestForeign_down(t *testing.T) {
	p := newPartner(t)
	p.down.Store(true)
	h := p.testEngine(nil)
	d := h.decide("/api/x", bearer(p.token(h)))
	if d.Err == nil || d.Err.Code != api.Unavailable {
		t.Errorf("keys that cannot be had: got %v, want code unavailable", d.Err)
	}
	h.passes("our own", bearer(h.token("bob")), "bob")
}

// A revocation of ours does not affect an external token, nor the reverse (LIFE-12).
func TestForeign_revoke(t *testing.T) {
	p := newPartner(t)
	h := p.testEngine(nil)
	ours := h.issue(h.bob.Identity("store"))
	twin := p.token(h, api.Claim{Name: "jti", Value: ours.ID}, api.Claim{Name: "sid", Value: ours.Session})
	name := "issuer:partner:" + h.alice.Subject
	h.must(h.Tokens().RevokeToken(context.Background(), api.Secret(twin)))
	h.refused("theirs", bearer(twin), api.ReasonTokenRevoked)
	h.passes("ours with the same jti", bearer(ours.Text.Reveal()), "bob")
	h.must(h.Tokens().Revoke(context.Background(), api.Revocation{Kind: api.RevokeSession, Key: ours.Session}))
	third := bearer(p.token(h, api.Claim{Name: "jti", Value: "k"}, api.Claim{Name: "sid", Value: ours.Session}))
	h.passes("theirs with our sid", third, name)
	d := h.decide("/api/x", third)
	h.must(h.Tokens().Logout(context.Background(), d.Identity))
	h.refused("after logout", third, api.ReasonTokenRevoked)
	h.must(h.Tokens().Revoke(context.Background(), api.Revocation{Kind: api.RevokeSubject, Key: name}))
	h.refused("all of that user's", bearer(p.token(h, api.Claim{Name: "jti", Value: "l"})), api.ReasonTokenRevoked)
}

func TestExternalFormat_incomplete(t *testing.T) {
	if _, err := core.ExternalTokenFormat(core.ExternalIssuer{Name: "x", Issuer: "https://x", Keys: issuerkeys.Fixed(nil)}); err == nil {
		t.Error("an issuer without an audience is trusted")
	}
}

// TestExternalFormat_name: an external issuer's name cannot contain the separator of
// subjects, even in a token format that was built by hand.
func TestExternalFormat_name(t *testing.T) {
	for name, ok := range map[string]bool{
		"corp": true, "corp-2": true, "Corp": true, "corp:partners": false, ":": false, "corp:": false, "": false, "corp\n": false,
	} {
		l, err := core.ExternalTokenFormat(core.ExternalIssuer{Name: name, Issuer: "https://x", Audience: []string{"api"}, Keys: issuerkeys.Fixed(nil)})
		if (err == nil) != ok {
			t.Errorf("%q: got %v, want an error: %v", name, err, !ok)
		}
		l.Name, l.Issuer, l.Verifying = "issuer:"+name, "https://x", issuerkeys.Fixed(nil)
		l.Read = func(api.Claims) (api.Identity, bool, error) { return api.Identity{}, true, nil }
		for _, verifying := range []bool{true, false} {
			if !verifying {
				l.Verifying = nil
			}
			e, err := core.New(context.Background(), core.Config{Policy: core.Policy{TokenFormats: []core.TokenFormat{l}}})
			if err == nil {
				e.Close()
			}
			if (err == nil) != (ok && verifying) {
				t.Errorf("token format %q, of another issuer %v: %v", l.Name, verifying, err)
			}
		}
	}
}

// A weak secret verifies existing tokens and signs none.
func TestWeakSecret(t *testing.T) {
	weak, err := keys.VerifyOnly("", "HS256", "secret")
	if err != nil {
		t.Fatal(err)
	}
	h := newTestEngine(t, func(c *core.Config) {
		l := core.NativeTokenFormat("https://old.example")
		l.Name, l.Keys = "old", []api.Key{weak}
		l.Profile = token.Profile{Types: []string{"JWT", "at+jwt"}}
		c.Policy.TokenFormats = []core.TokenFormat{l}
	})
	h.logged("allow_weak_secret")
	issued, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: h.bob.Identity("store"), TokenFormat: "old"})
	h.must(err)
	h.passes("issued here", bearer(issued.Text.Reveal()), "bob")
	if parsed, err := token.Parse(issued.Text.Reveal()); err != nil {
		t.Fatal(err)
	} else if _, err := parsed.Verify(weak); err == nil {
		t.Error("the weak secret has signed")
	}
	if _, err := token.Sign(nil, issued.Claims, weak); err == nil {
		t.Error("a weak key can sign")
	}
	h.passes("issued by the old site", bearer(macToken(t, "JWT", issued.Claims.With("jti", "old"), "secret")), "bob")
	native := macToken(t, "at+jwt", issued.Claims.With("iss", "cardea"), "secret")
	if d := h.decide("/api/x", bearer(native)); d.Outcome == core.Allowed {
		t.Error("the weak secret of one token format is accepted for another")
	}
	if !strings.Contains(h.log.String(), "token_format=old") {
		t.Errorf("the warning does not name the token format: %s", h.log)
	}
}

// macToken signs a token as a site with a short secret does.
func macToken(t *testing.T, typ string, claims api.Claims, secret string) string {
	t.Helper()
	payload, err := claims.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"`+typ+`"}`)) + "." + encode(payload)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil))
}

// TestForeign_roles: the claim may be a single string; other values are skipped.
func TestForeign_roles(t *testing.T) {
	p := newPartner(t)
	h := p.testEngine(nil)
	for name, c := range map[string]struct {
		groups any
		want   []string
	}{
		"one": {"staff", []string{"editor"}}, "a list": {[]any{"other", "staff"}, []string{"editor"}}, "unknown": {"other", nil},
		"numbers": {[]any{int64(1), "staff"}, nil}, "a number": {int64(1), nil}, "none": {[]any{}, nil},
	} {
		d := h.decide("/api/x", bearer(p.token(h, api.Claim{Name: "groups", Value: c.groups}, api.Claim{Name: "jti", Value: name})))
		if d.Outcome != core.Allowed || !slices.Equal(d.Identity.Roles, c.want) {
			t.Errorf("%s: roles %v, want %v (%v)", name, d.Identity.Roles, c.want, d.Err)
		}
	}
}
