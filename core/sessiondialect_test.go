package core_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
)

// twoDesks configures two native mounts, one of which has a hook that removes a role.
func twoDesks(c *core.Config) {
	c.Policy.Sites = []core.Site{
		{Name: "auth", Prefix: "/auth", Directory: "shop"}, {Name: "desk", Prefix: "/desk", Directory: "shop"},
		{Name: "shop", TokenFormat: "shop", Prefix: "/shop", Directory: "shop"},
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

// TestRefresh_remembersSite tests sessions by where they start and where they are
// refreshed: a role removed by the hooks of either site stays removed.
func TestRefresh_remembersSite(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name                   string
		login, begin, format   string
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
		for what, use := range map[string]func(*testSites, core.RefreshRequest) (core.TokenPair, error){
			"refresh": func(w *testSites, r core.RefreshRequest) (core.TokenPair, error) { return w.Tokens().Refresh(ctx, r) },
			"renew": func(w *testSites, r core.RefreshRequest) (core.TokenPair, error) {
				return w.Tokens().ReissueAccess(ctx, r)
			},
		} {
			w := newTestSites(t, twoDesks)
			isAdministrator := func(g core.TokenPair) bool {
				d := w.decide("/any/x", bearer(g.Access.Text.Reveal()))
				w.must(errorOf(d))
				return d.Identity.HasRole("administrator")
			}
			id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: c.login})
			w.must(err)
			g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, TokenFormat: c.format, Dialect: c.begin})
			w.must(err)
			if isAdministrator(g) != c.atFirst {
				t.Errorf("%s: administrator at first is %v", c.name, !c.atFirst)
			}
			g, err = use(w, core.RefreshRequest{Token: g.Refresh, TokenFormat: c.format, Dialect: c.refresh})
			w.must(err)
			if isAdministrator(g) != c.administrator {
				t.Errorf("%s, %s: administrator is %v", c.name, what, !c.administrator)
			}
		}
	}
}

// TestBegin_otherSite: a login narrowed by one site's hook cannot start a session at a site
// that does not call this hook.
func TestBegin_otherSite(t *testing.T) {
	ctx := context.Background()
	for site, want := range map[string]string{"desk": "", "auth": api.ReasonNarrowed, "shop": api.ReasonNarrowed, "": ""} {
		w := newTestSites(t, twoDesks)
		id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: "desk"})
		w.must(err)
		if _, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, Dialect: site}); api.ReasonOf(err) != want {
			t.Errorf("as %q: %v, want %q", site, err, want)
		}
	}
}

// TestHooks_toldSite tests which dialects each point gets when a session that started at
// one site is refreshed at another. Filters are called for both sites, so that a binding
// cannot be bypassed by refreshing elsewhere; actions report the site where the session
// started.
func TestHooks_toldSite(t *testing.T) {
	const began, both, all = "desk", "auth desk", "auth desk native"
	for _, c := range []struct {
		name, begin, refresh, filters string
		also                          []string // the dialects of refresh-expire and the actions
	}{
		{"at the same site", "desk", "desk", began, []string{began}},
		{"at none in particular", "desk", "", began, []string{began}},
		{"at the neighbour's", "desk", "auth", both, []string{began}},
		{"begun nobody knows where", "", "auth", all, []string{"", "native", "auth"}},
	} {
		for what, use := range map[string]func(*testSites, core.RefreshRequest) (core.TokenPair, error){
			"refresh": func(w *testSites, r core.RefreshRequest) (core.TokenPair, error) {
				return w.Tokens().Refresh(context.Background(), r)
			},
			"renew": func(w *testSites, r core.RefreshRequest) (core.TokenPair, error) {
				return w.Tokens().ReissueAccess(context.Background(), r)
			},
		} {
			told := toldSites(t, c.begin, c.refresh, use)
			points := []string{"auth-expire", "auth-not-before", "auth-issuer", "auth-algorithm", "token-claims", "refresh-before"}
			for _, point := range points {
				if got := strings.Join(slices.Sorted(maps.Keys(told[point])), " "); got != c.filters {
					t.Errorf("%s, %s: %s gets %q, want %q", c.name, what, point, got, c.filters)
				}
			}
			for point, dialects := range told {
				for dialect := range dialects {
					if !slices.Contains(points, point) && !slices.Contains(c.also, dialect) {
						t.Errorf("%s, %s: %s gets %q, want one of %q", c.name, what, point, dialect, c.also)
					}
				}
			}
			if want := map[string]int{"refresh": 10, "renew": 9}[what]; len(told) != want {
				t.Errorf("%s, %s: %d points were called, want %d", c.name, what, len(told), want)
			}
		}
	}
}

// toldSites starts a session at a site, refreshes it at another, and ends it. It returns
// the dialects that each point got.
func toldSites(t *testing.T, begin, refresh string, use func(*testSites, core.RefreshRequest) (core.TokenPair, error)) map[string]map[string]bool {
	ctx := context.Background()
	var mu sync.Mutex
	told := map[string]map[string]bool{}
	note := func(point, dialect string) {
		mu.Lock()
		defer mu.Unlock()
		if told[point] == nil {
			told[point] = map[string]bool{}
		}
		told[point][dialect] = true
	}
	w := newTestSites(t, func(c *core.Config) {
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
	id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: cmp.Or(begin, "auth")})
	w.must(err)
	g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, Dialect: begin})
	w.must(err)
	g, err = use(w, core.RefreshRequest{Token: g.Refresh, Dialect: refresh})
	w.must(err)
	w.must(w.Admin().EndSession(ctx, g.Session, "test", ""))
	w.must(w.Drain(ctx))
	return told
}

// TestRefresh_strictestSite: a refresh is limited by the hooks of both sites.
func TestRefresh_strictestSite(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct{ begin, refresh string }{{"desk", "auth"}, {"auth", "desk"}} {
		w := newTestSites(t, func(c *core.Config) {
			twoDesks(c)
			h := c.Policy.Hooks
			h.AuthExpire.Bind("short", func(_ context.Context, v core.Lifetime) (core.Lifetime, error) {
				if v.Dialect == "desk" {
					v.Lifetime = 2 * time.Minute
				}
				return v, nil
			})
			h.TokenClaims.Bind("mark", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
				v.Claims = v.Claims.With("at_"+v.Dialect, true)
				return v, nil
			})
		})
		id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: c.begin})
		w.must(err)
		g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, Dialect: c.begin})
		w.must(err)
		g, err = w.Tokens().Refresh(ctx, core.RefreshRequest{Token: g.Refresh, Dialect: c.refresh})
		w.must(err)
		if life := g.Access.ExpiresAt.Sub(g.Access.IssuedAt); life != 2*time.Minute {
			t.Errorf("begun at %s, refreshed at %s: the token lives %s", c.begin, c.refresh, life)
		}
		for _, site := range []string{"at_desk", "at_auth"} {
			if _, ok := g.Access.Claims.Get(site); !ok {
				t.Errorf("begun at %s, refreshed at %s: there is no claim %s", c.begin, c.refresh, site)
			}
		}
	}
}

// see binds a handler that records its dialect.
func see[T any](f *hooks.Filter[T], note func(point, dialect string), of func(T) string) {
	f.Bind("see", func(_ context.Context, v T) (T, error) { note(f.Name(), of(v)); return v, nil })
}
