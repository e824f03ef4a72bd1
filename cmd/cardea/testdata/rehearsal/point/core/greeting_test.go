package core_test

import (
	"context"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// TestLoginGreeting: a hook sees who has logged in, and may refuse.
func TestLoginGreeting(t *testing.T) {
	h := core.NewHooks()
	refuse := func(_ context.Context, g core.Greeting) (core.Greeting, error) {
		return g, core.Deny("", "no greeting for "+g.Identity.Login)
	}
	if err := h.LoginGreeting.Bind("refuse", refuse); err != nil {
		t.Fatal(err)
	}
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{Hooks: h}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	accounts, err := e.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Password: "correct-horse"}, "test"); err != nil {
		t.Fatal(err)
	}
	_, err = e.Tokens().Login(t.Context(), api.LoginRequest{Login: "anna", Password: "correct-horse"})
	if err == nil || !strings.Contains(err.Error(), "no greeting for anna") {
		t.Errorf("got %v, want the hook's refusal", err)
	}
}
