package core_test

import (
	"context"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestDropped_by: if login-after removes roles because of something that a refresh lacks,
// such as the login method, no session starts, since a refresh would restore them. If it
// removes them at each refresh as well, one starts.
func TestDropped_by(t *testing.T) {
	for name, tt := range map[string]struct {
		drops func(r core.LoginResult) bool
		stays bool
	}{
		"the method":         {func(r core.LoginResult) bool { return r.Method == "password" }, false},
		"whether it is new":  {func(r core.LoginResult) bool { return r.Method != "refresh" }, false},
		"the device":         {func(r core.LoginResult) bool { return r.Peer.UserAgent == "kiosk" }, false},
		"the user":           {func(r core.LoginResult) bool { return r.Identity.Login == "root" }, true},
		"everybody":          {func(core.LoginResult) bool { return true }, true},
		"all but one device": {func(r core.LoginResult) bool { return r.Peer.UserAgent != "office" }, true},
	} {
		w := newTestSites(t, func(c *core.Config) {
			twoDesks(c)
			c.Policy.Hooks = core.NewHooks()
			c.Policy.Hooks.LoginAfter.Bind("drop", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) {
				if tt.drops(r) {
					r.Identity = r.Identity.WithRoles(without("administrator", r.Identity.Roles)...)
				}
				return r, nil
			})
		})
		id, err := w.Tokens().Login(t.Context(), core.LoginRequest{Login: "root", Password: "shop pass", Peer: api.Peer{UserAgent: "kiosk"}, Dialect: "auth"})
		if err != nil || !id.IsNarrowed() {
			t.Fatalf("%s: got %v, %v; want a narrowed identity", name, id, err)
		}
		g, err := w.Tokens().StartSession(t.Context(), core.BeginRequest{Identity: id, Dialect: "auth"})
		if began := err == nil; began != tt.stays || !began && api.ReasonOf(err) != api.ReasonNarrowed {
			t.Errorf("%s: Begin: %v, want a session: %v", name, err, tt.stays)
		}
		if err != nil {
			continue
		}
		next, err := w.Tokens().Refresh(t.Context(), core.RefreshRequest{Token: g.Refresh, Dialect: "auth"})
		if err != nil || slices.Contains(next.Identity.Roles, "administrator") {
			t.Errorf("%s: the refresh: %v, %v", name, next.Identity.Roles, err)
		}
	}
}
