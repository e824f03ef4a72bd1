package core_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// TestNumber_givenAgain: a token that identifies its user by number is never valid for a
// later user with the same number.
func TestNumber_givenAgain(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		exact bool           // tokens without jti, sid and gen
		on    users.RevokeOn // what deleting a user ends
		raise int            // how often the first user's generation was raised
	}{
		"": {}, "exact": {exact: true}, "kept": {on: users.RevokeOn{Delete: users.Off}},
		"exact, kept": {exact: true, on: users.RevokeOn{Delete: users.Off}}, "raised": {raise: 5},
	} {
		h := newTestEngine(t, func(cfg *core.Config) {
			l := siteFormat(t)
			if c.exact {
				l.Order = slices.DeleteFunc(slices.Clone(l.Order), func(claim string) bool { return claim == "jti" || claim == "sid" || claim == "gen" })
			}
			cfg.Store = memory.New()
			t.Cleanup(func() { cfg.Store.Close() })
			cfg.Directories = []users.Directory{users.NewStore(cfg.Store, users.StoreConfig{Passwords: cfg.Passwords, RevokeOn: c.on, Now: cfg.Now})}
			cfg.Policy.TokenFormats = []core.TokenFormat{l}
			cfg.Policy.Sites = []core.Site{{Name: "site", TokenFormat: "site"}}
			cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
		})
		add := func(login string) api.User {
			u, err := h.accounts.Create(ctx, users.NewUser{Login: login, Number: 70, Password: password}, "test")
			h.must(err)
			h.clock.advance(time.Second)
			return u
		}
		token := func(login string) string {
			id, err := h.Tokens().Login(ctx, core.LoginRequest{Login: login, Password: password})
			h.must(err)
			issued, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: id, TokenFormat: "site"})
			h.must(err)
			return issued.Text.Reveal()
		}
		dave := add("dave")
		for range c.raise {
			h.must(h.accounts.SetPassword(ctx, dave.Subject, password, "test"))
		}
		h.clock.advance(time.Second)
		seen, unseen := token("dave"), token("dave")
		h.passes(name+": dave", bearer(seen), "dave")
		h.must(h.accounts.Delete(ctx, dave, "test"))
		h.clock.advance(time.Second)
		add("erin")
		for _, text := range []string{seen, unseen} {
			if d := h.decide("/api/x", bearer(text)); d.Outcome == core.Allowed {
				t.Errorf("%s: dave's token is %s's", name, d.Identity.Login)
			}
		}
		h.passes(name+": erin", bearer(token("erin")), "erin")
	}
}

// slowDelete runs something while a user is being deleted.
type slowDelete struct {
	store.Store
	during func()
}

func (s *slowDelete) DeleteUser(ctx context.Context, subject string, rows ...api.Revocation) error {
	s.during()
	return s.Store.DeleteUser(ctx, subject, rows...)
}

// TestNumber_whileLoggingIn: a login that began before its user was deleted gets no token once
// the number is another user's.
func TestNumber_whileLoggingIn(t *testing.T) {
	ctx := context.Background()
	for name, on := range map[string]users.RevokeOn{"revoked": {}, "kept": {Delete: users.Off}} {
		for _, during := range []bool{false, true} {
			slow := &slowDelete{memory.New(), func() {}}
			h := newTestEngine(t, func(cfg *core.Config) {
				l := siteFormat(t)
				l.Order = slices.DeleteFunc(slices.Clone(l.Order), func(claim string) bool { return claim == "jti" || claim == "sid" || claim == "gen" })
				cfg.Store = slow
				t.Cleanup(func() { cfg.Store.Close() })
				cfg.Directories = []users.Directory{users.NewStore(cfg.Store, users.StoreConfig{Passwords: cfg.Passwords, RevokeOn: on, Now: cfg.Now})}
				cfg.Policy.TokenFormats = []core.TokenFormat{l}
				cfg.Policy.Sites = []core.Site{{Name: "site", TokenFormat: "site"}}
				cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
			})
			add := func(login string) api.User {
				u, err := h.accounts.Create(ctx, users.NewUser{Login: login, Number: 70, Password: password}, "test")
				h.must(err)
				h.clock.advance(time.Second)
				return u
			}
			logIn := func(login string) api.Identity {
				id, err := h.Tokens().Login(ctx, core.LoginRequest{Login: login, Password: password})
				h.must(err)
				return id
			}
			dave := add("dave")
			id := logIn("dave")
			slow.during = func() {
				if h.clock.advance(time.Second); during {
					id = logIn("dave")
				}
				h.clock.advance(time.Second)
			}
			h.must(h.accounts.Delete(ctx, dave, "test"))
			h.clock.advance(time.Second)
			add("erin")
			issued, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: id, TokenFormat: "site"})
			if err == nil {
				if d := h.decide("/api/x", bearer(issued.Text.Reveal())); d.Outcome == core.Allowed {
					t.Errorf("%s, login during the deletion %v: dave's token is %s's", name, during, d.Identity.Login)
				}
			}
			issued, err = h.Tokens().Issue(ctx, core.IssueRequest{Identity: logIn("erin"), TokenFormat: "site"})
			h.must(err)
			h.passes(name+": erin", bearer(issued.Text.Reveal()), "erin")
		}
	}
}
