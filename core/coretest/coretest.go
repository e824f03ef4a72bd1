package coretest

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// New returns an engine for c, closed when the test ends, and its clock, which is set to
// the current second and stopped. If c has no methods, the engine accepts its own access
// tokens as bearer tokens. c.Now must be nil.
func New(t testing.TB, c core.Config) (*core.Engine, *Clock) {
	t.Helper()
	if c.Now != nil {
		t.Fatal("coretest: Config.Now is set, must be nil: the engine uses the clock that New returns")
	}
	clock := NewClock(time.Now().Truncate(time.Second))
	c.Now = clock.Now
	if c.Policy.Methods == nil {
		c.Policy.Methods = []core.NamedMethod{{Name: "token", Opener: tokens{}}}
	}
	e, err := core.New(context.WithoutCancel(t.Context()), c)
	if err != nil {
		t.Fatalf("coretest: %v", err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("coretest: close the engine: %v", err)
		}
	})
	return e, clock
}

// Token returns an access token of the native token format for an identity, which need not be in
// a directory. It must have a subject; the token carries login, roles and scopes.
func Token(t testing.TB, e *core.Engine, id api.Identity) string {
	t.Helper()
	issued, err := e.Tokens().Issue(t.Context(), core.IssueRequest{Identity: id})
	if err != nil {
		t.Fatalf("coretest: issue a token for %q: %v", id.Subject, err)
	}
	return issued.Text.Reveal()
}

// tokens is a method for access tokens, like package methods/jwt.
type tokens struct{}

// Open implements [core.Opener].
func (tokens) Open(name string, deps core.Deps) (core.Method, error) {
	return &method{name: name, deps: deps}, nil
}

type method struct {
	name string
	deps core.Deps
}

var (
	_ core.Method = (*method)(nil)
	_ core.Kinder = (*method)(nil)
)

// Name implements [core.Method].
func (m *method) Name() string { return m.name }

// Kinds implements [core.Kinder].
func (m *method) Kinds() []api.Kind { return []api.Kind{api.Bearer} }

// Authenticate implements [core.Method].
func (m *method) Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error) {
	return m.deps.VerifyToken(ctx, a.Credential.Text)
}
