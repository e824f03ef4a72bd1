package core_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
)

// TestNew_faults: if a part fails while an engine is opened, New returns an error and
// leaves nothing running.
func TestNew_faults(t *testing.T) {
	f := &faults{}
	opened := func(at int) ([]string, error) {
		s := &storetest.Failing{Store: memory.New(), Before: f.before}
		defer s.Close()
		return f.during(at, func() error {
			e, err := core.New(t.Context(), core.Config{Store: s, Rand: f, PollEvery: time.Hour})
			if err == nil {
				err = e.Close()
			}
			return err
		})
	}
	calls, err := opened(-1)
	if err != nil || len(calls) < 2 {
		t.Fatalf("it calls %v while all works: %v", calls, err)
	}
	for i, call := range calls {
		// A failed pruning does not stop the start: the disk may be full.
		if _, err := opened(i); (err == nil) != (call == "PruneRevocations") {
			t.Errorf("call %d of %v fails: got %v", i, calls, err)
		}
	}
}

// TestNetwork_sameUser: a credential is refused at a sister site unless number, login and
// subject identify the same user there.
func TestNetwork_sameUser(t *testing.T) {
	for name, c := range map[string]struct {
		token  func(*api.Identity)
		sister func(*api.User)
		passes bool
	}{
		"the same":            {nil, nil, true},
		"without a number":    {func(id *api.Identity) { id.Number = 0 }, nil, true},
		"in other letters":    {nil, func(u *api.User) { u.Login = "ROOT" }, true},
		"another number":      {func(id *api.Identity) { id.Number = 2 }, nil, false},
		"another login":       {func(id *api.Identity) { id.Login = "eve" }, nil, false},
		"another login there": {nil, func(u *api.User) { u.Login = "eve" }, false},
		"nobody there":        {nil, func(u *api.User) { u.Number = 7 }, false},
		"disabled there":      {nil, func(u *api.User) { u.Disabled = true }, false},
	} {
		f := newFaulty(t)
		if c.sister != nil {
			c.sister(&f.forum.users[0])
		}
		id := f.root()
		if c.token != nil {
			c.token(&id)
		}
		header := bearer(f.issue(id).Text.Reveal())
		for range 2 {
			if d := f.decide("/forum/x", header); (d.Outcome == core.Allowed) != c.passes {
				t.Errorf("%s: %v as %q (%v)", name, d.Outcome, d.Identity.Subject, d.Err)
			}
		}
		if d := f.decide("/any/x", header); c.token == nil && d.Outcome != core.Allowed {
			t.Errorf("%s: at no site: %v", name, d.Err)
		}
	}
}

// TestSitesOf_native: a site with native tokens does not accept another site's token.
func TestSitesOf_native(t *testing.T) {
	w := newTestSites(t, func(c *core.Config) {
		c.Policy.Sites = append(c.Policy.Sites, core.Site{Name: "auth", Prefix: "/auth", AcceptsFrom: []string{"forum"}})
	})
	text, err := w.login("forum", "eve", "forum pass")
	w.must(err)
	id, err := w.Verify(context.Background(), core.VerifyRequest{Token: text})
	w.must(err)
	if names, ok := w.Tokens().SitesOf(id); !ok || len(names) != 1 || names[0] != "forum" {
		t.Errorf("SitesOf = %v, %v; want forum alone", names, ok)
	}
}

// TestClean_asked: hooks never see a protected header that a client sent, even when an
// endpoint verifies a token.
func TestClean_asked(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.ProtectedHeaders, c.Policy.Hooks = []string{"X-Tier"}, core.NewHooks()
		see := func(a *api.Attempt) {
			if a != nil && a.Header.Get("X-Tier") != "" {
				t.Error("a hook receives it")
			}
		}
		c.Policy.Hooks.TokenVerify.Bind("x", func(_ context.Context, v core.TokenCheck) (core.TokenCheck, error) { see(v.Attempt); return v, nil })
		c.Policy.Hooks.ErrorResponse.Bind("x", func(_ context.Context, v core.ErrorResponse) (core.ErrorResponse, error) {
			see(v.Attempt)
			return v, nil
		})
		c.Policy.Hooks.CORSHeaders.Bind("x", func(_ context.Context, v core.CORSHeaders) (core.CORSHeaders, error) { see(v.Attempt); return v, nil })
		c.Policy.Hooks.CustomHeader.Bind("x", func(_ context.Context, v core.CredentialHeader) (core.CredentialHeader, error) {
			see(v.Attempt)
			return v, nil
		})
	})
	text := h.token("bob")
	a := func() *api.Attempt {
		return at("/api/x", api.Header{"X-Tier": {"gold"}, "Authorization": {"Bearer " + text}})
	}
	_, err := h.Verify(t.Context(), core.VerifyRequest{Token: text, Attempt: a()})
	h.must(err)
	h.must(errorOf(h.Authenticate(t.Context(), a())))
	h.ErrorResponse(t.Context(), core.ErrorResponse{Status: 401, Attempt: a()})
	h.CORSHeaders(t.Context(), core.CORSHeaders{Attempt: a()})
}
