package users_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

func TestCheck(t *testing.T) {
	pw := cheap()
	hash, err := pw.Hash(t.Context(), "right password")
	if err != nil {
		t.Fatal(err)
	}
	first := fakeDirectory{name: "first", users: []api.User{
		{Subject: "u_alice", Login: "Alice", Email: "alice@example.org", Roles: []string{"editor"}, Gen: 4, Hash: hash},
		{Subject: "u_off", Login: "off", Disabled: true, Hash: hash},
		{Subject: "u_none", Login: "none"},
		{Subject: "u_bad", Login: "bad", Hash: "not a hash"},
	}}
	second := fakeDirectory{name: "second", users: []api.User{
		{Subject: "u_alice2", Login: "alice", Hash: "not a hash"}, // shadowed by the first
		{Subject: "u_bob", Login: "bob", Hash: hash},
	}}
	down := fakeDirectory{name: "down", err: errors.New("connection refused")}
	both := []users.Directory{first, second}
	for name, test := range map[string]struct {
		dirs            []users.Directory
		login, password string
		opts            users.CheckOptions
		subject         string
		code            api.Code
		reason          string
		hashes          int64
	}{
		"right":                 {both, "alice", "right password", users.CheckOptions{}, "u_alice", "", "", 1},
		"right, by e-mail":      {both, " Alice@Example.org", "right password", users.CheckOptions{}, "u_alice", "", "", 1},
		"right, second":         {both, "BOB", "right password", users.CheckOptions{}, "u_bob", "", "", 1},
		"wrong":                 {both, "alice", "Right password", users.CheckOptions{}, "", api.Unauthenticated, api.ReasonWrongPassword, 1},
		"wrong by a space":      {both, "alice", "right password ", users.CheckOptions{}, "", api.Unauthenticated, api.ReasonWrongPassword, 1},
		"unknown":               {both, "carol", "right password", users.CheckOptions{}, "", api.Unauthenticated, api.ReasonUnknownUser, 1},
		"unknown e-mail":        {both, "carol@example.org", "right password", users.CheckOptions{}, "", api.Unauthenticated, api.ReasonUnknownEmail, 1},
		"e-mail not taken":      {both, "alice@example.org", "right password", users.CheckOptions{LoginOnly: true}, "", api.Unauthenticated, api.ReasonUnknownUser, 1},
		"disabled":              {both, "off", "right password", users.CheckOptions{}, "", api.Unauthenticated, api.ReasonDisabled, 1},
		"disabled and wrong":    {both, "off", "wrong password", users.CheckOptions{}, "", api.Unauthenticated, api.ReasonWrongPassword, 1},
		"no password set":       {both, "none", "right password", users.CheckOptions{}, "", api.Unauthenticated, api.ReasonWrongPassword, 1},
		"endless password":      {both, "alice", strings.Repeat("x", 1<<20), users.CheckOptions{}, "", api.Unauthenticated, api.ReasonWrongPassword, 1},
		"empty login":           {both, " \t", "right password", users.CheckOptions{}, "", api.Unauthenticated, api.ReasonEmptyUser, 0},
		"empty password":        {both, "alice", "", users.CheckOptions{}, "", api.Unauthenticated, api.ReasonEmptyPassword, 0},
		"no directory":          {nil, "alice", "right password", users.CheckOptions{}, "", api.Unauthenticated, api.ReasonUnknownUser, 1},
		"broken hash":           {both, "bad", "not a hash", users.CheckOptions{}, "", api.Unavailable, "", 1}, // as any other
		"directory down":        {[]users.Directory{down, first}, "alice", "right password", users.CheckOptions{}, "", api.Unavailable, "", 0},
		"down behind the first": {[]users.Directory{first, down}, "alice", "right password", users.CheckOptions{}, "u_alice", "", "", 1},
		"unknown, then down":    {[]users.Directory{first, down}, "carol", "right password", users.CheckOptions{}, "", api.Unavailable, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			before := pw.Runs()
			id, user, err := users.Check(t.Context(), test.dirs, pw, test.login, api.Secret(test.password), test.opts)
			if api.CodeOf(err) != test.code || api.ReasonOf(err) != test.reason {
				t.Errorf("got %v, want code %q and reason %q", err, test.code, test.reason)
			}
			if id.Subject != test.subject || user.Subject != test.subject {
				t.Errorf("got subjects %q and %q, want %q", id.Subject, user.Subject, test.subject)
			}
			if got := pw.Runs() - before; got != test.hashes {
				t.Errorf("got %d hashes, want %d", got, test.hashes)
			}
		})
	}
}

func TestCheck_identity(t *testing.T) {
	pw := cheap()
	hash, _ := pw.Hash(t.Context(), "right password")
	dir := fakeDirectory{name: "staff", users: []api.User{{Subject: "u_1", Number: 7, Login: "alice", Roles: []string{"editor"}, Gen: 4, Hash: hash}}}
	id, _, err := users.Check(t.Context(), []users.Directory{dir}, pw, "alice", "right password", users.CheckOptions{})
	if err != nil || id.Directory != "staff" || id.Number != 7 || id.Gen != 4 || !id.HasRole("editor") {
		t.Errorf("got %+v, %v; want editor 7 of staff, generation 4", id, err)
	}
}

func TestCheck_unknownAndWrongReadTheSame(t *testing.T) {
	pw := cheap()
	hash, _ := pw.Hash(t.Context(), "right password")
	dirs := []users.Directory{fakeDirectory{users: []api.User{{Subject: "u_1", Login: "alice", Hash: hash}}}}
	_, _, wrong := users.Check(t.Context(), dirs, pw, "alice", "wrong password", users.CheckOptions{})
	_, _, nobody := users.Check(t.Context(), dirs, pw, "nobody", "wrong password", users.CheckOptions{})
	if a, b := api.AsError(wrong).Public, api.AsError(nobody).Public; a != b {
		t.Errorf("the public texts differ: %q and %q", a, b)
	}
}

func TestCheck_endedContextIsNoVerdict(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := users.Check(ctx, []users.Directory{fakeDirectory{}}, cheap(), "alice", "password", users.CheckOptions{})
	if api.CodeOf(err) != api.Unavailable {
		t.Errorf("got %v, want unavailable", err)
	}
}

func ExampleCheck() {
	ctx, pw := context.Background(), users.NewPasswords(users.PasswordConfig{})
	staff := users.NewStore(memory.New(), users.StoreConfig{Name: "staff", Passwords: pw})
	staff.Create(ctx, users.NewUser{Login: "alice", Password: "correct horse", Roles: []string{"editor"}})

	id, _, err := users.Check(ctx, []users.Directory{staff}, pw, "Alice", "correct horse", users.CheckOptions{})
	fmt.Println(id.Login, id.Roles, id.Directory, err)
	_, _, err = users.Check(ctx, []users.Directory{staff}, pw, "alice", "battery staple", users.CheckOptions{})
	fmt.Println(err)
	// Output:
	// alice [editor] staff <nil>
	// unauthenticated (wrong_password): wrong user name or password
}
