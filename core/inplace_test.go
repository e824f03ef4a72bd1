package core_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// inPlace removes a role by writing to the list it was given, to save an allocation.
func inPlace(id api.Identity) api.Identity {
	id.Roles = slices.DeleteFunc(id.Roles, func(r string) bool { return r == "administrator" })
	return id
}

// copying removes the role from a copy.
func copying(id api.Identity) api.Identity {
	return id.WithRoles(without("administrator", id.Roles)...)
}

// TestHooks_inPlace tests each point at which a Go function could modify the list it is
// given: the result must be the same as with a copy.
func TestHooks_inPlace(t *testing.T) {
	type change = func(api.Identity) api.Identity
	for point, bind := range map[string]func(*core.Hooks, change){
		"login-after": func(h *core.Hooks, drop change) {
			h.LoginAfter.Bind("x", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) {
				v.Identity = drop(v.Identity)
				return v, nil
			})
		},
		"identity-resolved": func(h *core.Hooks, drop change) {
			h.IdentityResolved.Bind("x", func(_ context.Context, v core.Resolved) (core.Resolved, error) {
				if v.Attempt.Path == "/low/x" {
					v.Identity = drop(v.Identity)
				}
				return v, nil
			})
		},
		"route-access": func(h *core.Hooks, drop change) {
			h.RouteAccess.Bind("x", func(_ context.Context, v core.Access) (core.Access, error) {
				drop(v.Identity)
				return v, nil
			})
		},
		"token-verify": func(h *core.Hooks, drop change) {
			h.TokenVerify.Bind("x", func(_ context.Context, v core.TokenCheck) (core.TokenCheck, error) {
				drop(v.Identity)
				return v, nil
			})
		},
		"identity-headers": func(h *core.Hooks, drop change) {
			h.IdentityHeaders.Bind("x", func(_ context.Context, v core.UpstreamHeaders) (core.UpstreamHeaders, error) {
				drop(v.Identity)
				return v, nil
			})
		},
		"auth-expire": func(h *core.Hooks, drop change) {
			h.AuthExpire.Bind("x", func(_ context.Context, v core.Lifetime) (core.Lifetime, error) {
				drop(v.Identity)
				return v, nil
			})
		},
		"token-claims": func(h *core.Hooks, drop change) {
			h.TokenClaims.Bind("x", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
				drop(v.Identity)
				return v, nil
			})
		},
		"claims of token-claims": func(h *core.Hooks, drop change) {
			h.TokenClaims.Bind("x", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
				list, _ := v.Claims.Get("roles")
				roles := list.([]any)
				probe := []string{"administrator"}
				if drop(api.Identity{Roles: probe}); probe[0] != "" { // it copies
					roles = slices.Clone(roles)
				}
				kept := slices.DeleteFunc(roles, func(r any) bool { return r == "administrator" })
				v.Claims = v.Claims.With("roles", kept)
				return v, nil
			})
		},
		"login-succeeded": func(h *core.Hooks, drop change) {
			h.LoginSucceeded.Bind("x", func(_ context.Context, ev core.Event) error {
				drop(ev.Identity)
				return nil
			})
		},
	} {
		var told [2]string
		for i, drop := range []change{copying, inPlace} {
			told[i] = rolesSeen(t, func(h *core.Hooks) { bind(h, drop) })
		}
		if told[0] != told[1] {
			t.Errorf("%s: in place: got\n%s\nwant, as with a copy,\n%s", point, told[1], told[0])
		}
	}
}

// rolesSeen returns the roles that an administrator has at each step.
func rolesSeen(t *testing.T, bind func(*core.Hooks)) (told string) {
	ctx := context.Background()
	w := newTestSites(t, func(cfg *core.Config) {
		cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
		cfg.Policy.Hooks = core.NewHooks()
		bind(cfg.Policy.Hooks)
	})
	w.shop.users[0].Roles = []string{"administrator", "subscriber"}
	tell := func(step string, id api.Identity, err error) {
		told += fmt.Sprintln(step, id.Roles, id.IsNarrowed(), api.ReasonOf(err))
	}
	id, err := w.Tokens().Login(ctx, core.LoginRequest{Login: "root", Password: "shop pass", Dialect: "shop"})
	tell("login", id, err)
	w.must(w.Drain(ctx))
	_, err = w.Tokens().StartSession(ctx, core.BeginRequest{Identity: id, Dialect: "forum"})
	tell("begin elsewhere", api.Identity{}, err)
	issued, err := w.Tokens().Issue(ctx, core.IssueRequest{Identity: id})
	w.must(err)
	for _, path := range []string{"/any/x", "/low/x", "/any/x"} {
		d := w.decide(path, bearer(issued.Text.Reveal()))
		tell(path, d.Identity, errorOf(d))
		_, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: d.Identity})
		tell("begin", api.Identity{}, err)
	}
	return told + fmt.Sprint("directory ", w.shop.users[0].Roles)
}
