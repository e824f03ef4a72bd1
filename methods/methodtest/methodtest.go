package methodtest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Case is a method with samples of what it meets.
type Case struct {
	Open    func(t *testing.T) core.Method
	Good    api.Credential   // is recognised
	Bad     []api.Credential // are the method's own and refused
	Foreign []api.Credential // are for other methods
	Want    string           // Subject that Good belongs to
}

// Run checks the contract of [core.Method] with the samples.
func Run(t *testing.T, c Case) {
	t.Run("good", func(t *testing.T) { good(t, c) })
	t.Run("bad", func(t *testing.T) { bad(t, c) })
	t.Run("foreign", func(t *testing.T) { foreign(t, c) })
	t.Run("kinds", func(t *testing.T) { kinds(t, c) })
	t.Run("concurrent", func(t *testing.T) { concurrent(t, c) })
}

func attempt(c api.Credential) api.Attempt {
	return api.Attempt{Method: "GET", RawTarget: "/", Path: "/", Credential: c}
}

func good(t *testing.T, c Case) {
	id, err := c.Open(t).Authenticate(context.Background(), attempt(c.Good))
	if err != nil || id.Subject != c.Want {
		t.Errorf("got subject %q, error %v; want %q", id.Subject, err, c.Want)
	}
}

// bad: a refusal is a refusal, not "ask the next", and carries no identity.
func bad(t *testing.T, c Case) {
	m := c.Open(t)
	for _, cred := range c.Bad {
		id, err := m.Authenticate(context.Background(), attempt(cred))
		if err == nil || errors.Is(err, core.ErrNotMine) || id.Subject != "" {
			t.Errorf("%s %q: got subject %q, error %v; want a refusal", cred.Kind, cred.Text, id.Subject, err)
		}
		if code := api.CodeOf(err); code == api.Internal {
			t.Errorf("%s %q: a client's mistake is code %s: %v", cred.Kind, cred.Text, code, err)
		}
	}
}

func foreign(t *testing.T, c Case) {
	m := c.Open(t)
	for _, cred := range append(c.Foreign, api.Credential{}) {
		if _, err := m.Authenticate(context.Background(), attempt(cred)); !errors.Is(err, core.ErrNotMine) {
			t.Errorf("%s: got %v, want ErrNotMine", cred.Kind, err)
		}
	}
}

func kinds(t *testing.T, c Case) {
	k, ok := core.Capability[core.Kinder](c.Open(t))
	if !ok {
		return
	}
	for _, kind := range k.Kinds() {
		if kind == c.Good.Kind {
			return
		}
	}
	t.Errorf("Kinds() lacks %s, which the method recognises", c.Good.Kind)
}

func concurrent(t *testing.T, c Case) {
	m := c.Open(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := m.Authenticate(context.Background(), attempt(c.Good)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
