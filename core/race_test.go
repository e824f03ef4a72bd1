package core_test

import (
	"context"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// TestDecide_concurrent decides while users, keys, policy and revocations change. Each
// answer must have been right at some time during the request; after a change has returned,
// no answer from before it may appear.
func TestDecide_concurrent(t *testing.T) {
	h := newTestEngine(t, nil)
	ctx := context.Background()
	alice := []api.Header{bearer(h.token("alice")), basicHeader("alice", password), h.credential("apikey")}
	stop := make(chan struct{})
	var deciders, changers sync.WaitGroup
	for _, header := range alice {
		deciders.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					h.passes("somebody whom nothing concerns", header, "alice")
				}
			}
		})
	}
	changers.Go(func() { // a credential is refused once Revoke has returned
		for range 40 {
			issued := h.issue(h.bob.Identity("store"))
			header := bearer(issued.Text.Reveal())
			h.passes("before the revocation", header, "bob")
			if err := h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeSession, Key: issued.Session}); err != nil {
				t.Error(err)
			}
			h.refused("after the revocation", header, api.ReasonTokenRevoked)
		}
	})
	carol := h.newUser("carol", "r0")
	changers.Go(func() { // roles have changed once SetRoles has returned
		for i := range 40 {
			role := []string{"owner", "r0"}[i%2]
			if err := h.accounts.SetRoles(ctx, carol.Subject, []string{role}, "test"); err != nil {
				t.Error(err)
			}
			if d := h.decide("/api/x", basicHeader("carol", password)); d.Headers.Get("X-Auth-Roles") != role {
				t.Errorf("after the change to %s: got %v, roles %q", role, d.Err, d.Headers.Get("X-Auth-Roles"))
			}
		}
	})
	changers.Go(func() {
		for range 20 {
			if err := h.Reload(ctx, h.config.Policy); err != nil {
				t.Error(err)
			}
			if err := h.Admin().RotateKeys(ctx, "test"); err != nil {
				t.Error(err)
			}
		}
	})
	changers.Wait()
	close(stop)
	deciders.Wait()
}

// pausing stops a method between reading a user and returning the result.
type pausing struct {
	core.Method
	read, goOn chan struct{}
}

func (g *pausing) Kinds() []api.Kind { return []api.Kind{api.Basic} }

func (g *pausing) Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error) {
	id, err := g.Method.Authenticate(ctx, a)
	g.read <- struct{}{}
	<-g.goOn
	return id, err
}

// pausingOpener opens the basic method wrapped in a pausing.
type pausingOpener struct{ pausing *pausing }

func (g pausingOpener) Open(name string, deps core.Deps) (core.Method, error) {
	m, err := chain()[0].Opener.Open(name, deps)
	g.pausing.Method = m
	return caching{g.pausing, m.(core.Cacher)}, err
}

type caching struct {
	*pausing
	core.Cacher
}

// If a user changes while the method reads them, the old result must not be cached.
func TestDecide_changeWhileTheMethodRuns(t *testing.T) {
	g := &pausing{read: make(chan struct{}), goOn: make(chan struct{})}
	h := newTestEngine(t, func(c *core.Config) {
		s := memory.New()
		c.Store, c.Policy.Methods = s, []core.NamedMethod{{Name: "basic", Opener: pausingOpener{g}}}
		c.Directories = []users.Directory{users.NewStore(s, users.StoreConfig{
			Passwords: c.Passwords, RevokeOn: users.RevokeOn{Role: users.Off}, // otherwise the old identity is revoked
		})}
	})
	header := basicHeader("bob", password)
	first := make(chan core.Decision)
	go func() { first <- h.decide("/api/x", header) }()
	<-g.read
	h.must(h.accounts.SetRoles(context.Background(), h.bob.Subject, []string{"owner"}, "test"))
	g.goOn <- struct{}{}
	if d := <-first; d.Headers.Get("X-Auth-Roles") != "subscriber" {
		t.Errorf("read before the change: got %v and roles %q", d.Err, d.Headers.Get("X-Auth-Roles"))
	}
	go func() { first <- h.decide("/api/x", header) }()
	select {
	case <-g.read: // not cached: the method is called again
		g.goOn <- struct{}{}
	case d := <-first:
		t.Fatalf("remembered from before the change: roles %v", d.Identity.Roles)
	}
	if d := <-first; d.Headers.Get("X-Auth-Roles") != "owner" {
		t.Errorf("after the change: got %v and roles %q, want owner", d.Err, d.Headers.Get("X-Auth-Roles"))
	}
}
