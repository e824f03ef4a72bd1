package core_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/token"
)

// TestLoginAfter_failingAnew: when roles are read again, login-after is called again. If it
// fails the request is refused, since it might have removed a role.
func TestLoginAfter_failingAnew(t *testing.T) {
	ctx := context.Background()
	var fails bool
	w := newTestSites(t, func(c *core.Config) {
		network(c)
		c.Policy.Sites[0].AcceptsFrom = []string{"shop"}
		c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
		c.Policy.Hooks = core.NewHooks()
		c.Policy.Hooks.LoginAfter.Bind("x", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
			if fails {
				return r, errors.New("broken")
			}
			return r, nil
		})
	})
	w.forum.users[0] = api.User{Number: 1, Login: "root", Roles: []string{"editor"}, Hash: w.shop.users[0].Hash}
	for name, ask := range map[string]func(token string) error{
		"at the site":      func(token string) error { return errorOf(w.decide("/shop/x", bearer(token))) },
		"at a sister":      func(token string) error { return errorOf(w.decide("/forum/x", bearer(token))) },
		"Verify":           func(token string) error { _, err := w.Verify(ctx, core.VerifyRequest{Token: token}); return err },
		"Verify at a site": func(token string) error { _, _, err := w.ask("/shop/x", "shop", token); return err },
	} {
		for _, broken := range []bool{false, true} {
			fails = false
			text, err := w.login("shop", "root", "shop pass")
			w.must(err)
			fails = broken
			w.clock.advance(time.Minute) // after the cached result of login-after has expired
			if err := ask(text); (err != nil) != broken || broken && api.ReasonOf(err) != api.ReasonHookFailed {
				t.Errorf("%s, broken %v: %v", name, broken, err)
			}
		}
	}
}

// TestWatch_externalKey: a request with an external token continues while the issuer has
// the key, and ends within a minute after it is withdrawn or the issuer stops answering.
func TestWatch_externalKey(t *testing.T) {
	for name, c := range map[string]struct {
		keys  []api.Key
		err   error
		after time.Duration
		ends  bool
	}{
		"the key is there":        {[]api.Key{siteKey(t)}, nil, time.Minute, false},
		"withdrawn, too early":    {nil, nil, 58 * time.Second, false},
		"withdrawn":               {nil, nil, time.Minute, true},
		"the issuer is not there": {nil, errors.New("away"), time.Minute, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			keys, keysErr := []api.Key{siteKey(t)}, error(nil)
			h := newSite(t, func(cfg *core.Config) {
				l := &cfg.Policy.TokenFormats[0]
				l.Name, l.Keys = "issuer:site", nil
				l.Verifying = func(context.Context, string, string) ([]api.Key, error) { return keys, keysErr }
			})
			a := get("/api/x", bearer(h.signed("JWT", h.siteClaims(h.clock.Now().Add(time.Hour).Unix())...)))
			d := h.Decide(t.Context(), a)
			if d.Outcome != core.Allowed {
				t.Fatal(d.Err)
			}
			var e ending
			w := h.Watch(a, &d, &e)
			time.Sleep(time.Second) // short requests are not watched
			keys, keysErr = c.keys, c.err
			for range 2 { // the second result is cached
				h.clock.advance(c.after)
				time.Sleep(time.Second)
			}
			if got := e.said(); (got != "") != (c.ends || c.after < time.Minute) {
				t.Errorf("%s: it ended for %q", name, got)
			}
			w.Stop()
		})
	}
}

// TestWatch_many: any number of requests can be looked up at the same time.
func TestWatch_many(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFaulty(t)
		f.prepare()
		ends := make([]ending, 40)
		for i := range ends {
			f.watch("/store/x", f.byKey(), &ends[i])
		}
		time.Sleep(time.Second)
		f.must(f.accounts.SetDisabled(t.Context(), "u_bob", true, "test"))
		time.Sleep(time.Second)
		for i := range ends {
			if got := ends[i].said(); got != endRevoked {
				t.Errorf("request %d ended for %q", i, got)
			}
		}
	})
}

// TestWatch_noRule: a request that was authenticated without a rule is not watched.
func TestWatch_noRule(t *testing.T) {
	h := newTestEngine(t, nil)
	a := at("/api/x", bearer(h.token("bob")))
	d := h.Authenticate(t.Context(), a)
	d.Rule = nil
	if w := h.Watch(a, &d, &ending{}); w != nil {
		t.Error("it is watched")
	}
}

// TestRevokeCredential_unknown: a credential issued elsewhere is not revoked, and the error
// says so.
func TestRevokeCredential_unknown(t *testing.T) {
	here, there := newTestEngine(t, nil), newTestEngine(t, nil)
	key, _ := there.apiKey(core.NewAPIKey{Subject: there.bob.Subject})
	g, err := there.Tokens().StartSession(t.Context(), core.BeginRequest{Identity: there.bob.Identity("store")})
	there.must(err)
	for name, text := range map[string]api.Secret{
		"API key": api.Secret(key), "part of one": api.Secret(key[:len(key)-1]), "refresh token": g.Refresh, "access token": g.Access.Text,
	} {
		got, err := here.Admin().RevokeCredential(t.Context(), text, "stolen", "op")
		if code := api.CodeOf(err); code != api.NotFound && code != api.Invalid && code != api.Conflict || got != (core.Revoked{}) {
			t.Errorf("%s: got %+v, %v (%s); want nothing revoked and an error of the request", name, got, err, code)
		}
	}
}

// TestVerify_severalFormats: if a token may have two formats, unavailable keys take
// precedence over a wrong signature in the error; one match is enough.
func TestVerify_severalFormats(t *testing.T) {
	away := func(context.Context, string, string) ([]api.Key, error) { return nil, errors.New("away") }
	for name, c := range map[string]struct {
		first, second func(*core.TokenFormat)
		code          api.Code
	}{
		"the second fits":       {func(l *core.TokenFormat) { l.Keys = nil }, func(*core.TokenFormat) {}, ""},
		"neither fits":          {func(l *core.TokenFormat) { l.Keys = nil }, func(l *core.TokenFormat) { l.Keys = nil }, api.Unauthenticated},
		"no keys for the first": {func(l *core.TokenFormat) { l.Name, l.Verifying = "issuer:a", away }, func(l *core.TokenFormat) { l.Keys = nil }, api.Internal},
		"nor for the second":    {func(l *core.TokenFormat) { l.Keys = nil }, func(l *core.TokenFormat) { l.Name, l.Verifying = "issuer:b", away }, api.Internal},
	} {
		h := newTestEngine(t, func(cfg *core.Config) {
			a, b := siteFormat(t), siteFormat(t)
			a.Name, b.Name = "a", "b"
			c.first(&a)
			c.second(&b)
			cfg.Policy.TokenFormats = []core.TokenFormat{a, b}
		})
		_, err := h.Verify(t.Context(), core.VerifyRequest{Token: h.signed("JWT", h.siteClaims(h.clock.Now().Add(time.Minute).Unix())...)})
		if code := api.CodeOf(err); code != c.code && !(c.code == api.Internal && code == api.Unavailable) {
			t.Errorf("%s: got %v (%s), want code %s", name, err, code, c.code)
		}
	}
}

// TestVerify_sessionOfAnother: the session that a token names must have the same user and
// token format.
func TestVerify_sessionOfAnother(t *testing.T) {
	ctx := context.Background()
	h := newSite(t, nil)
	begin := func(u api.User, format string) string {
		g, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: u.Identity("store"), TokenFormat: format})
		h.must(err)
		return g.Session
	}
	for name, c := range map[string]struct {
		sid    string
		passes bool
	}{
		"the user's, of the token format": {begin(h.bob, "site"), true}, "another's": {begin(h.alice, "site"), false},
		"the user's, of another": {begin(h.bob, ""), false}, "one that is not kept": {"unknown", true}, "none": {"", true},
	} {
		text := h.signed("JWT", h.siteClaims(h.clock.Now().Add(time.Minute).Unix(), api.Claim{Name: "sid", Value: c.sid})...)
		if _, err := h.Verify(ctx, core.VerifyRequest{Token: text}); (err == nil) != c.passes {
			t.Errorf("%s: Verify: got %v, want an error: %v", name, err, !c.passes)
		}
	}
}

// TestVerify_required: a token is refused without one of the required claims, both for our
// own format and for that of an external issuer.
func TestVerify_required(t *testing.T) {
	h := newTestEngine(t, nil)
	claims, key := native(t, h), h.Keys().Active()
	sign := func(c api.Claims) string {
		text, err := token.Sign([]api.Claim{{Name: "typ", Value: "at+jwt"}, {Name: "kid", Value: key.ID}}, c, key)
		h.must(err)
		return text
	}
	verify := func(c api.Claims) error {
		_, err := h.Verify(t.Context(), core.VerifyRequest{Token: sign(c)})
		return err
	}
	if err := verify(claims); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"iss", "sub", "iat", "exp", "jti"} {
		if err := verify(claims.Without(name)); api.CodeOf(err) != api.Unauthenticated {
			t.Errorf("ours without %s: got %v, want code %s", name, err, api.Unauthenticated)
		}
	}
	p := newPartner(t)
	ph := p.testEngine(nil)
	now := ph.clock.Now().Unix()
	theirs := api.NewClaims(api.Claim{Name: "iss", Value: p.URL}, api.Claim{Name: "aud", Value: "api"}, api.Claim{Name: "sub", Value: "x"},
		api.Claim{Name: "iat", Value: now}, api.Claim{Name: "exp", Value: now + 60})
	for _, name := range []string{"", "iss", "aud", "sub", "iat", "exp"} {
		text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}, {Name: "kid", Value: p.key.ID}}, theirs.Without(name), p.key)
		ph.must(err)
		_, err = ph.Verify(t.Context(), core.VerifyRequest{Token: text})
		if (err == nil) != (name == "") || err != nil && api.CodeOf(err) != api.Unauthenticated {
			t.Errorf("theirs without %q: %v", name, err)
		}
	}
}

// native returns the claims of a native token of bob.
func native(t *testing.T, h *testEngine) api.Claims {
	t.Helper()
	issued, err := h.Tokens().Issue(t.Context(), core.IssueRequest{Identity: h.bob.Identity("store")})
	h.must(err)
	return issued.Claims
}
