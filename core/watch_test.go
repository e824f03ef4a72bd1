package core_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/route"
)

// ending records why a request in flight was ended.
type ending struct {
	mu      sync.Mutex
	reasons []string
}

func (e *ending) End(err *core.Error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reasons = append(e.reasons, string(err.Code)+" "+err.Reason)
}

func (e *ending) said() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch len(e.reasons) {
	case 0:
		return ""
	case 1:
		return e.reasons[0]
	}
	return "ended more than once"
}

// watched is one row: what happens during a request, and why it ends; "" if it continues.
type watched struct {
	target string // after a space: the header of a request carried inside
	header func(*faulty) api.Header
	does   func(*faulty) error
	ends   string
}

const (
	endRevoked = "unauthenticated " + api.ReasonTokenRevoked
	endExpired = "unauthenticated " + api.ReasonTokenExpired
)

func (f *faulty) bySession() api.Header      { return bearer(f.grant.Access.Text.Reveal()) }
func (f *faulty) byToken() api.Header        { return bearer(f.token.Text.Reveal()) }
func (f *faulty) byKey() api.Header          { return keyHeader(f.key) }
func (f *faulty) byShop() api.Header         { return bearer(f.shop.Access.Text.Reveal()) }
func (f *faulty) byRootKey() api.Header      { return keyHeader(f.rootKey) }
func (f *faulty) byRootPassword() api.Header { return basicHeader("root", "shop pass") }
func byPassword(*faulty) api.Header          { return basicHeader("bob", password) }

// byEndingKey returns a token of the shop whose key was replaced and ends in five minutes.
func (f *faulty) byEndingKey() api.Header {
	f.t.Helper()
	next, err := keys.FromSecret("", "HS256", siteSecret("next"))
	f.must(err)
	p := f.config.Policy
	p.TokenFormats = slices.Clone(p.TokenFormats)
	for i, l := range p.TokenFormats {
		if l.Name == "shop" {
			old := l.Keys[0]
			old.Private, old.Until = nil, f.clock.Now().Add(5*time.Minute)
			p.TokenFormats[i].Keys = []api.Key{next, old}
		}
	}
	f.must(f.Reload(context.Background(), p))
	return f.byShop()
}

func watchedRequests() map[string]watched {
	ctx := context.Background()
	revoke := func(kind api.RevocationKind, key func(*faulty) string) func(*faulty) error {
		return func(f *faulty) error { return f.Tokens().Revoke(ctx, api.Revocation{Kind: kind, Key: key(f)}) }
	}
	nothing := func(*faulty) error { return nil }
	wait := func(d time.Duration) func(*faulty) error {
		return func(f *faulty) error { f.clock.advance(d); return nil }
	}
	// becomes changes the shop's root, and notifies the engine.
	becomes := func(u api.User) func(*faulty) error {
		return func(f *faulty) error {
			u.Number, u.Login = max(u.Number, 1), "root"
			f.testSites.shop.users[0] = u
			return f.Tokens().Revoke(ctx, api.Revocation{Kind: api.RefreshUser, Key: "shop:1"})
		}
	}
	disabled := func(f *faulty) error { return f.accounts.SetDisabled(ctx, "u_bob", true, "test") }
	return map[string]watched{
		"nothing happens":                      {"/store/x", (*faulty).bySession, nothing, ""},
		"another's is revoked":                 {"/store/x", (*faulty).bySession, func(f *faulty) error { return f.Tokens().LogoutAll(ctx, "u_alice", "x", "op") }, ""},
		"the token":                            {"/store/x", (*faulty).bySession, revoke(api.RevokeToken, func(f *faulty) string { return f.grant.Access.ID }), endRevoked},
		"the session":                          {"/store/x", (*faulty).bySession, func(f *faulty) error { return f.Admin().EndSession(ctx, f.grant.Session, "x", "op") }, endRevoked},
		"the subject":                          {"/store/x", (*faulty).bySession, revoke(api.RevokeSubject, func(*faulty) string { return "u_bob" }), endRevoked},
		"everything":                           {"/store/x", (*faulty).bySession, func(f *faulty) error { return f.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}) }, endRevoked},
		"the signing key":                      {"/store/x", (*faulty).bySession, func(f *faulty) error { return f.Admin().RevokeKey(ctx, f.Keys().Active().ID, "op") }, endRevoked},
		"the key of a site ends":               {"/shop/x", (*faulty).byEndingKey, wait(6 * time.Minute), endRevoked},
		"just before it ends":                  {"/shop/x", (*faulty).byEndingKey, wait(3 * time.Minute), ""},
		"a new signing key":                    {"/store/x", (*faulty).bySession, func(f *faulty) error { return f.Admin().RotateKeys(ctx, "op") }, ""},
		"the API key":                          {"/store/x", (*faulty).byKey, func(f *faulty) error { return f.accounts.RevokeAPIKey(ctx, f.keyID, "op") }, endRevoked},
		"disabled, a token":                    {"/store/x", (*faulty).byToken, disabled, endRevoked},
		"disabled, a password":                 {"/store/x", byPassword, disabled, endRevoked},
		"disabled, an API key":                 {"/store/x", (*faulty).byKey, disabled, endRevoked},
		"deleted, a password":                  {"/store/x", byPassword, func(f *faulty) error { return f.accounts.Delete(ctx, f.bob, "op") }, endRevoked},
		"other roles":                          {"/store/x", byPassword, func(f *faulty) error { return f.accounts.SetRoles(ctx, "u_bob", nil, "test") }, endRevoked},
		"a role that is needed":                {"/shop/admin/x", (*faulty).byShop, becomes(api.User{Roles: []string{"subscriber"}}), "denied " + api.ReasonRole},
		"needed, by API key":                   {"/shop/admin/x", (*faulty).byRootKey, becomes(api.User{Roles: []string{"subscriber"}}), "denied " + api.ReasonRole},
		"needed, by password":                  {"/shop/admin/x", (*faulty).byRootPassword, becomes(api.User{Roles: []string{"subscriber"}}), "denied " + api.ReasonRole},
		"a role that is needed inside":         {"/shop/x /shop/admin/x", (*faulty).byShop, becomes(api.User{Roles: []string{"subscriber"}}), "denied " + api.ReasonRole},
		"a role that is needed around":         {"/shop/admin/x /shop/x", (*faulty).byShop, becomes(api.User{Roles: []string{"subscriber"}}), "denied " + api.ReasonRole},
		"a role beside it":                     {"/shop/admin/x", (*faulty).byShop, becomes(api.User{Roles: []string{"administrator", "x"}}), ""},
		"a role that nobody needs":             {"/shop/x", (*faulty).byShop, becomes(api.User{}), ""},
		"disabled elsewhere":                   {"/shop/x", (*faulty).byShop, becomes(api.User{Disabled: true}), "unauthenticated " + api.ReasonDisabled},
		"disabled, by password":                {"/shop/x", (*faulty).byRootPassword, becomes(api.User{Disabled: true}), "unauthenticated " + api.ReasonDisabled},
		"deleted elsewhere":                    {"/shop/x", (*faulty).byRootKey, becomes(api.User{Number: 9}), "unauthenticated " + api.ReasonUnknownUser},
		"a token expires, its session is idle": {"/store/x", (*faulty).bySession, wait(15 * time.Minute), endExpired},
		"just before":                          {"/store/x", (*faulty).bySession, wait(15*time.Minute - 5*time.Second), ""},
		"a token of no session expires":        {"/store/x", (*faulty).byToken, wait(15 * time.Minute), endExpired},
		"its session was refreshed": {"/store/x", (*faulty).bySession, func(f *faulty) error {
			f.clock.advance(14 * time.Minute)
			_, err := f.refresh(f.grant.Refresh)
			f.clock.advance(time.Minute)
			return err
		}, ""},
		"refreshed, and expired again": {"/store/x", (*faulty).bySession, func(f *faulty) error {
			f.clock.advance(14 * time.Minute)
			_, err := f.refresh(f.grant.Refresh)
			f.clock.advance(15 * time.Minute)
			return err
		}, endExpired},
		"its session was closed": {"/store/x", (*faulty).bySession, func(f *faulty) error {
			err := f.Tokens().CloseSession(ctx, f.grant.Session, "x", "op")
			f.clock.advance(15 * time.Minute)
			return err
		}, endExpired},
		"a key expires":        {"/store/x", (*faulty).byShortKey, wait(time.Hour), endExpired},
		"a password does not":  {"/store/x", byPassword, wait(1000 * time.Hour), ""},
		"the user of a site's": {"/shop/x", (*faulty).byShop, func(f *faulty) error { return f.Tokens().LogoutAll(ctx, "shop:1", "x", "op") }, endRevoked},
		"the user at a sister": {"/forum/x", (*faulty).byShop, revoke(api.RevokeSubject, func(*faulty) string { return "forum:1" }), endRevoked},
		"the user at home":     {"/forum/x", (*faulty).byShop, revoke(api.RevokeSubject, func(*faulty) string { return "shop:1" }), endRevoked},
		"a rule that keeps":    {"/kept/x", (*faulty).bySession, func(f *faulty) error { return f.Tokens().LogoutAll(ctx, "u_bob", "x", "op") }, ""},
		"kept, inside one":     {"/store/x /kept/x", (*faulty).bySession, func(f *faulty) error { return f.Tokens().LogoutAll(ctx, "u_bob", "x", "op") }, endRevoked},
		"kept, around one":     {"/kept/x /store/x", (*faulty).bySession, func(f *faulty) error { return f.Tokens().LogoutAll(ctx, "u_bob", "x", "op") }, endRevoked},
		"kept, both":           {"/kept/x /kept/y", (*faulty).bySession, func(f *faulty) error { return f.Tokens().LogoutAll(ctx, "u_bob", "x", "op") }, ""},
		"nobody's request":     {"/shop/window/x", func(*faulty) api.Header { return nil }, func(f *faulty) error { return f.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}) }, ""},
	}
}

// byShortKey decides by an API key that is valid for one hour.
func (f *faulty) byShortKey() api.Header {
	text, _ := f.apiKey(core.NewAPIKey{Subject: f.bob.Subject, Life: time.Hour})
	return keyHeader(text)
}

// TestWatch: a request in flight ends once when its own credential becomes invalid, and for
// no other reason.
func TestWatch(t *testing.T) {
	for name, row := range watchedRequests() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFaulty(t)
				p := f.config.Policy
				p.Rules = append(p.Rules, route.Rule{Name: "kept", Path: "/kept/**", OnRevoke: route.Keep})
				f.must(f.Reload(t.Context(), p))
				f.prepare()
				f.clock.advance(time.Second)
				var e ending
				w := f.watch(row.target, row.header(f), &e)
				time.Sleep(time.Second) // short requests are not watched
				f.must(row.does(f))
				time.Sleep(time.Second)
				if got := e.said(); got != row.ends {
					t.Errorf("it ended for %q, want %q", got, row.ends)
				}
				if stopped := w.Stop(); stopped != (row.ends == "") {
					t.Errorf("Stop says that it has not ended: %v", stopped)
				}
			})
		})
	}
}

// watch decides on an allowed request and watches it.
func (f *faulty) watch(target string, header api.Header, e core.Ender) *core.Watch {
	f.t.Helper()
	target, inside, carries := strings.Cut(target, " ")
	a := get(target, header)
	d := f.allow(a)
	if carries {
		d = d.Including(f.allow(get(inside, header)))
	}
	return f.Watch(a, &d, e)
}

func (f *faulty) allow(a *api.Attempt) core.Decision {
	f.t.Helper()
	d := f.Decide(context.Background(), a)
	if d.Outcome != core.Allowed {
		f.t.Fatalf("%s: got %v, want allowed", a.RawTarget, d.Err)
	}
	return d
}

// TestWatch_fault: a request ends if a technical failure prevents the check.
func TestWatch_fault(t *testing.T) {
	for name, expires := range map[string]bool{"the user was changed": false, "the token expires": true} {
		synctest.Test(t, func(t *testing.T) {
			f := newFaulty(t)
			f.prepare()
			var e ending
			header := f.byKey()
			if expires {
				header = f.bySession()
			}
			f.watch("/store/x", header, &e)
			time.Sleep(time.Second)
			f.store.Before = func(method string) error {
				if method == "APIKey" || method == "Session" {
					return errFault
				}
				return nil
			}
			f.must(f.Tokens().Revoke(t.Context(), api.Revocation{Kind: api.RefreshUser, Key: "u_bob"}))
			if expires {
				f.clock.advance(15 * time.Minute)
			}
			time.Sleep(time.Second)
			if got := e.said(); got != "unavailable " {
				t.Errorf("%s: it ended for %q, want unavailable", name, got)
			}
			f.store.Before = f.faults.before
		})
	}
}

// TestWatch_short: a short request is not watched, and Stop may be called at any time, even
// after Close.
func TestWatch_short(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFaulty(t)
		f.prepare()
		var short, closed ending
		w := f.watch("/store/x", f.bySession(), &short)
		after := f.watch("/store/x", f.bySession(), &closed)
		f.must(f.Tokens().LogoutAll(t.Context(), "u_bob", "x", "op"))
		if !w.Stop() {
			t.Error("it ended before it was watched")
		}
		f.must(f.Close())
		time.Sleep(time.Second)
		if !after.Stop() || short.said()+closed.said() != "" {
			t.Errorf("ended %q and %q", short.said(), closed.said())
		}
	})
}

// TestWatchContext: the context's cause says why it ended; stop cancels it too.
func TestWatchContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFaulty(t)
		f.prepare()
		for _, revoked := range []bool{true, false} {
			a := get("/store/x", f.byToken())
			if !revoked {
				a.Header = f.byKey()
			}
			d := f.Decide(t.Context(), a)
			ctx, stop := f.WatchContext(t.Context(), a, &d)
			time.Sleep(time.Second)
			if revoked {
				f.must(f.Tokens().RevokeToken(t.Context(), f.token.Text))
				time.Sleep(time.Second)
			}
			var err *core.Error
			if ended := errors.As(context.Cause(ctx), &err); ended != revoked || ended && err.Reason != api.ReasonTokenRevoked {
				t.Errorf("revoked %v: the cause is %v", revoked, context.Cause(ctx))
			}
			if stop(); ctx.Err() == nil {
				t.Error("Watch continues after stop")
			}
		}
		ctx, stop := f.WatchContext(t.Context(), get("/", nil), &core.Decision{})
		if stop(); ctx.Err() != nil {
			t.Error("a request without an identity was ended")
		}
	})
}
