package cli

import (
	"context"
	"crypto/rand"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// firstUser creates the user and the API key if there is no user yet. An existing user
// keeps its secrets, which cannot be read back.
func (f *facts) firstUser(ctx context.Context, e *core.Engine) error {
	accounts, err := e.Admin().Accounts()
	if err != nil {
		return err
	}
	if known, err := accounts.List(ctx, 0, 1); err != nil || len(known) > 0 {
		return err
	}
	password := rand.Text()
	u, err := accounts.Create(ctx, users.NewUser{
		Login: devUser, Email: "admin@example.com", Roles: []string{"administrator"}, Password: api.Secret(password),
	}, "cardea dev")
	if err != nil {
		return err
	}
	key, _, err := accounts.CreateAPIKey(ctx, core.NewAPIKey{Subject: u.Subject, Name: "cardea dev"}, "cardea dev")
	if err != nil {
		return err
	}
	text := key.Reveal()
	f.Password, f.APIKey = &password, &text
	return nil
}
