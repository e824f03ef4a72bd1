package core_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// TestRenamed: after a user is renamed, tokens with the old login are refused; API keys and
// new tokens have the new one.
func TestRenamed(t *testing.T) {
	ctx := context.Background()
	w := newTestEngine(t, nil)
	token := w.token("bob")
	key, _ := w.apiKey(core.NewAPIKey{Subject: w.bob.Subject})
	g, err := w.Tokens().StartSession(ctx, core.BeginRequest{Identity: w.bob.Identity("store")})
	w.must(err)
	w.passes("before", bearer(token), "bob")
	w.passes("before", keyHeader(key), "bob")
	now := "bob2"
	w.must(w.accounts.Update(ctx, w.bob.Subject, users.Change{Login: &now}, "test"))
	_, err = w.accounts.Create(ctx, users.NewUser{Login: "bob", Roles: []string{"administrator"}, Password: password}, "test")
	w.must(err)
	w.refused("a token with the old name", bearer(token), api.ReasonTokenRevoked)
	w.refused("a token of the session", bearer(g.Access.Text.Reveal()), api.ReasonTokenRevoked)
	if _, err := w.refresh(g.Refresh); err == nil {
		t.Error("the session is refreshed")
	}
	w.passes("an API key", keyHeader(key), "bob2")
	w.passes("a new token", bearer(w.token("bob2")), "bob2")
}
