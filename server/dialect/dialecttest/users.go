package dialecttest

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// Issuer is the recorded site's URL.
const Issuer = "http://127.0.0.1:8081"

// Secret is the recorded site's secret.
const Secret api.Secret = "research-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH"

// Users returns the recordings' users. WordPress trims passwords, so john's has no
// surrounding spaces here.
func Users() []users.NewUser {
	list := []users.NewUser{
		{Login: "admin", Password: "admin-pass-123", Roles: []string{"administrator"}},
		{Login: "editor1", Password: "Ed1tor-Pass!", Display: "Edna Editor", Roles: []string{"editor"}},
		{Login: "sub1", Password: "sub1-pass", Display: "Sue Scriber"},
		{Login: "author1", Password: "author1-pass", Roles: []string{"author"}},
		{Login: "contrib1", Password: "contrib1-pass", Roles: []string{"contributor"}},
		{Login: "unicode1", Password: "pässwörd-ключ-密码-🔑", Display: "Ünï Cødé"},
		{Login: "special1", Password: `a"b'c\d&e=f%20g+h #<i>`},
		{Login: "john.o-neil@corp", Password: "space pass with spaces", Email: "john@example.test", Nicename: "john-o-neilcorp", Display: "John O'Neil"},
		{Login: "todelete1", Password: "todelete1-pass"},
		{Login: "pwchange1", Password: "pwchange1-old"},
	}
	for i := range list {
		u := &list[i]
		u.Number = int64(i + 1)
		if u.Email == "" {
			u.Email = u.Login + "@example.test"
		}
		if u.Roles == nil {
			u.Roles = []string{"subscriber"}
		}
	}
	return list
}

// happen applies a change of the recorded site to the engine's users.
func happen(ctx context.Context, e *core.Engine, what string) error {
	if what == "" {
		return nil
	}
	accounts, err := e.Admin().Accounts()
	if err != nil {
		return err
	}
	edit := func(login string, change func(api.User) error) error {
		u, err := accounts.ByLogin(ctx, login)
		if err != nil {
			return err
		}
		return change(u)
	}
	const actor = "recording"
	switch {
	case what == "wp_set_password(pwchange1,new)":
		return edit("pwchange1", func(u api.User) error {
			return accounts.SetPassword(ctx, u.Subject, "pwchange1-new", actor)
		})
	case what == "wp_set_password(sub1)":
		return edit("sub1", func(u api.User) error {
			return accounts.SetPassword(ctx, u.Subject, "sub1-pass", actor)
		})
	case what == "editor1 role set to subscriber":
		return edit("editor1", func(u api.User) error {
			return accounts.SetRoles(ctx, u.Subject, []string{"subscriber"}, actor)
		})
	case what == "sub1 has no role":
		return edit("sub1", func(u api.User) error { return accounts.SetRoles(ctx, u.Subject, nil, actor) })
	case what == "todelete1 deleted":
		return edit("todelete1", func(u api.User) error { return accounts.Delete(ctx, u, actor) })
	case what == "wp_set_password(pwchange1)":
		return edit("pwchange1", func(u api.User) error {
			return accounts.SetPassword(ctx, u.Subject, "pwchange1-new", actor)
		})
	case strings.HasPrefix(what, "wp_set_password (no"), strings.HasPrefix(what, "wp_update_user password"), what == "reset_password()":
		return edit("pwchange1", func(u api.User) error {
			return accounts.SetPassword(ctx, u.Subject, "pwchange1-old", actor)
		})
	case what == "wp_update_user email":
		return edit("pwchange1", func(u api.User) error {
			email := "changed@example.test"
			return accounts.Update(ctx, u.Subject, users.Change{Email: &email}, actor)
		})
	case what == "wp_update_user first_name only":
		return edit("pwchange1", func(u api.User) error {
			name := "X"
			return accounts.Update(ctx, u.Subject, users.Change{FirstName: &name}, actor)
		})
	case strings.HasPrefix(what, "sub1 user_status"),
		strings.HasPrefix(what, "cocart_settings.cors"):
		return nil // user_status is a column that WordPress does not read; cors is the server's
	case what == "counter reset", what == "secret empty", strings.HasPrefix(what, "fresh activation"),
		strings.HasPrefix(what, "rate limit really on"), strings.HasPrefix(what, "route "), strings.HasPrefix(what, "method "):
		return nil // settings: see Suite.Adjust
	}
	return fmt.Errorf("the recording says %q, which cannot be done here", what)
}
