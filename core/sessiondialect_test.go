package core_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
)

// twoDesks has two native mounts, of which one's hook takes a role away.
func twoDesks(c *core.Config) {
	c.Policy.Sites = []core.Site{
		{Name: "auth", Prefix: "/auth", Directory: "shop"}, {Name: "desk", Prefix: "/desk", Directory: "shop"},
		{Name: "shop", Layout: "shop", Prefix: "/shop", Directory: "shop"},
	}
	c.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
	c.Policy.Hooks = core.NewHooks()
	c.Policy.Hooks.LoginAfter.Bind("drop", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
		if r.Dialect == "desk" {
			r.Identity = r.Identity.WithRoles(without("administrator", r.Identity.Roles)...)
		}
		return r, nil
	})
}

// TestRefresh_remembersSite is the table of sessions by where they began and where they
// are refreshed: what the hooks of either site take away does not come back.
func TestRefresh_remembersSite(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name                   string
		login, begin, layout   string
		refresh                string
		atFirst, administrator bool
	}{
		{"begun and refreshed at one", "auth", "auth", "", "auth", true, true},
		{"refreshed at none in particular", "auth", "auth", "", "", true, true},
		{"the strict one", "desk", "desk", "", "desk", false, false},
		{"the strict one, refreshed at the other", "desk", "desk", "", "auth", false, false},
		{"the strict one, refreshed at none", "desk", "desk", "", "", false, false},
		{"refreshed at the strict one", "auth", "auth", "", "desk", true, false},
		{"at a site that is gone", "auth", "gone", "", "auth", true, false},
		{"at a site that is gone, refreshed at none", "auth", "gone", "", "", true, false},
		{"a site of its own, native", "shop", "shop", "", "", true, true},
		{"not known where, refreshed at one", "auth", "", "", "auth", true, false},
		{"not known where, refreshed at none", "auth", "", "", "", true, false},
	} {
		for what, use := range map[string]func(*town, core.RefreshRequest) (core.Grant, error){
			"refresh": func(w *town, r core.RefreshRequest) (core.Grant, error) { return w.Tokens().Refresh(ctx, r) },
			"renew":   func(w *town, r core.RefreshRequest) (core.Grant, error) { return w.Tokens().ReissueAccess(ctx, r) },
		} {
			w := newTown(t, twoDesks)
			isAdministrator := func(g core.Grant) bool {
				d := w.decide("/any/x", bearer(g.Access.Text.Reveal()))
				w.must(errorOf(d))
				return d.Identity.HasRole("administrator")
			}
			id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: c.login})
			w.must(err)
			g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, Layout: c.layout, Dialect: c.begin})
			w.must(err)
			if isAdministrator(g) != c.atFirst {
				t.Errorf("%s: administrator at first is %v", c.name, !c.atFirst)
			}
			g, err = use(w, core.RefreshRequest{Token: g.Refresh, Layout: c.layout, Dialect: c.refresh})
			w.must(err)
			if isAdministrator(g) != c.administrator {
				t.Errorf("%s, %s: administrator is %v", c.name, what, !c.administrator)
			}
		}
	}
}

// TestBegin_otherSite: a login that one site's hook narrowed begins no session as which
// that hook would not be asked.
func TestBegin_otherSite(t *testing.T) {
	ctx := context.Background()
	for site, want := range map[string]string{"desk": "", "auth": api.ReasonNarrowed, "shop": api.ReasonNarrowed, "": ""} {
		w := newTown(t, twoDesks)
		id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: "desk"})
		w.must(err)
		if _, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, Dialect: site}); api.ReasonOf(err) != want {
			t.Errorf("as %q: %v, want %q", site, err, want)
		}
	}
}

// TestHooks_toldSite: every point that is told a dialect is told the site at which the
// session began.
func TestHooks_toldSite(t *testing.T) {
	ctx := context.Background()
	var mu sync.Mutex
	told := map[string][]string{}
	note := func(point, dialect string) {
		mu.Lock()
		defer mu.Unlock()
		if !slices.Contains(told[point], dialect) {
			told[point] = append(told[point], dialect)
		}
	}
	w := newTown(t, func(c *core.Config) {
		twoDesks(c)
		h := c.Policy.Hooks
		see(h.RefreshExpire, note, func(v core.Lifetime) string { return v.Dialect })
		see(h.AuthExpire, note, func(v core.Lifetime) string { return v.Dialect })
		see(h.AuthNotBefore, note, func(v core.NotBefore) string { return v.Dialect })
		see(h.AuthIssuer, note, func(v core.Issuer) string { return v.Dialect })
		see(h.AuthAlgorithm, note, func(v core.Algorithm) string { return v.Dialect })
		see(h.TokenClaims, note, func(v core.TokenClaims) string { return v.Dialect })
		see(h.RefreshBefore, note, func(v core.RefreshAttempt) string { return v.Dialect })
		for _, a := range []*hooks.Action[core.Event]{h.TokenIssued, h.TokenRefreshed, h.SessionEnded} {
			a.Bind("see", func(_ context.Context, ev core.Event) error { note(a.Name(), ev.Dialect); return nil })
		}
	})
	id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: "desk"})
	w.must(err)
	g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, Dialect: "desk"})
	w.must(err)
	g, err = w.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh, Dialect: "auth"})
	w.must(err)
	w.must(w.Admin().EndSession(ctx, g.Session, "test", ""))
	w.must(w.Drain(ctx))
	points := []string{"refresh-expire", "auth-expire", "auth-not-before", "auth-issuer", "auth-algorithm", "token-claims", "refresh-before",
		"token-issued", "token-refreshed", "session-ended"}
	slices.Sort(points)
	if got := slices.Sorted(maps.Keys(told)); !slices.Equal(got, points) {
		t.Errorf("told are %q, want %q", got, points)
	}
	for point, dialects := range told {
		if fmt.Sprint(dialects) != "[desk]" {
			t.Errorf("%s is told %q", point, dialects)
		}
	}
}

// see binds a handler that notes the dialect it is told.
func see[T any](f *hooks.Filter[T], note func(point, dialect string), of func(T) string) {
	f.Bind("see", func(_ context.Context, v T) (T, error) { note(f.Name(), of(v)); return v, nil })
}
