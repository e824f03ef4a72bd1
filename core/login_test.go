package core_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/hooks"
)

func TestLogin(t *testing.T) {
	h := newTestEngine(t, nil)
	h.must(h.accounts.SetDisabled(context.Background(), h.newUser("carol").Subject, true, "test"))
	tests := []struct {
		login, password, reason string
	}{
		{"alice", password, ""},
		{"ALICE", password, ""},
		{"alice@example.org", password, ""},
		{"alice", "wrong horse", api.ReasonWrongPassword},
		{"nobody", password, api.ReasonUnknownUser},
		{"nobody@example.org", password, api.ReasonUnknownEmail},
		{"", password, api.ReasonEmptyUser},
		{"alice", "", api.ReasonEmptyPassword},
		{"carol", password, api.ReasonDisabled},
		{"carol", "wrong horse", api.ReasonWrongPassword},
	}
	for _, tt := range tests {
		id, err := h.Tokens().Login(context.Background(), core.LoginRequest{Login: tt.login, Password: api.Secret(tt.password)})
		if api.ReasonOf(err) != tt.reason || (err == nil) != (id.Login == "alice") {
			t.Errorf("%q with %q: got %q, %v; want reason %q", tt.login, tt.password, id.Login, err, tt.reason)
		}
		if err != nil && id.Subject != "" {
			t.Errorf("%q: got an identity with the refusal", tt.login)
		}
	}
}

func TestLogin_hooks(t *testing.T) {
	var order []string
	var before core.LoginAttempt
	var challenge *core.Challenge
	var refuse error
	h := withHooks(t, func(hs *core.Hooks) {
		hs.LoginBefore.Bind("x", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
			order, before = append(order, "before"), v
			v.Login, v.Challenge = "somebody else", challenge
			return v, refuse
		})
		hs.LoginAfter.Bind("x", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) {
			order = append(order, "after")
			v.Identity = api.Identity{Subject: "u_evil", Login: "evil", Gen: 99, Roles: append(v.Identity.Roles, "member")}
			return v, nil
		})
		for name, a := range map[string]interface {
			Bind(string, func(context.Context, core.Event) error, ...hooks.Option) error
		}{"succeeded": hs.LoginSucceeded, "failed": hs.LoginFailed} {
			a.Bind("x", func(_ context.Context, ev core.Event) error {
				order = append(order, name+":"+ev.Identity.Login+":"+ev.Reason)
				return nil
			})
		}
	})
	answers := map[string]string{"code": "1"}
	login := func(password string) (api.Identity, error) {
		order = nil
		id, err := h.Tokens().Login(context.Background(), core.LoginRequest{
			Login: "bob", Password: api.Secret(password), Dialect: "d", Host: "shop.example", Answers: answers,
		})
		h.drained()
		return id, err
	}
	wantOrder := func(want string) {
		t.Helper()
		h.drained()
		if got := strings.Join(order, " "); got != want {
			t.Errorf("order %q, want %q", got, want)
		}
	}

	id, err := login(password)
	if err != nil || id.Subject != h.bob.Subject || id.Login != "bob" || id.Gen != h.bob.Gen || !slices.Equal(id.Roles, []string{"subscriber", "member"}) {
		t.Errorf("got %+v, %v; want bob with one role more", id, err)
	}
	if before.Login != "bob" || before.Dialect != "d" || before.Host != "shop.example" || before.Answers["code"] != "1" {
		t.Errorf("login-before saw %+v", before)
	}
	wantOrder("before after succeeded:bob:")

	if _, err = login("wrong horse"); err == nil {
		t.Error("a wrong password logs in")
	}
	wantOrder("before failed:bob:" + api.ReasonWrongPassword)

	challenge = &core.Challenge{Kind: "2fa_required", Public: "enter the code"}
	_, err = login("wrong horse")
	if api.ReasonOf(err) != api.ReasonWrongPassword {
		t.Errorf("a challenge with a wrong password: got %v, which reveals whether the user exists; want reason %q", err, api.ReasonWrongPassword)
	}
	_, err = login(password)
	var needs *core.ChallengeError
	if !errors.As(err, &needs) || needs.Challenge.Kind != "2fa_required" || api.AsError(err).Public != "enter the code" {
		t.Errorf("a challenge with the right password: got %v", err)
	}
	wantOrder("before failed:bob:" + api.ReasonChallenge)

	refuse, runs := core.Deny("tuesday", "closed"), h.config.Passwords.Runs()
	answers = nil
	if _, err = login(password); api.ReasonOf(err) != "tuesday" || h.config.Passwords.Runs() != runs {
		t.Errorf("refused before: got %v and %d hashes", err, h.config.Passwords.Runs()-runs)
	}
	wantOrder("before failed:bob:tuesday")
}

// downDirectory fails every lookup with err.
type downDirectory struct{ err error }

func (d downDirectory) Name() string { return "down" }

func (d downDirectory) BySubject(context.Context, string) (api.User, error) {
	return api.User{}, d.err
}

func (d downDirectory) ByNumber(context.Context, int64) (api.User, error) { return api.User{}, d.err }

func (d downDirectory) ByLogin(context.Context, string) (api.User, error) { return api.User{}, d.err }

func (d downDirectory) ByEmail(context.Context, string) (api.User, error) { return api.User{}, d.err }

// A failing directory must not be skipped: the next one may have another user with the same
// name.
func TestLogin_directoryDown(t *testing.T) {
	for _, tt := range []struct {
		err  error
		code api.Code
	}{{errors.New("disk on fire"), api.Unavailable}, {api.ErrNotFound, api.Unauthenticated}} {
		e, err := core.New(context.Background(), core.Config{
			Directories: []users.Directory{downDirectory{tt.err}},
			Policy:      core.Policy{Methods: chain()},
			Passwords:   users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if _, err := e.Tokens().Login(context.Background(), core.LoginRequest{Login: "alice", Password: password}); api.CodeOf(err) != tt.code {
			t.Errorf("Login: got %v, want code %s", err, tt.code)
		}
		if d := e.Decide(context.Background(), get("/x", basicHeader("alice", password))); d.Outcome != core.Refused || d.Err.Code != tt.code {
			t.Errorf("Decide: got %v, want code %s", d.Err, tt.code)
		}
		if _, err := e.Admin().Accounts(); err == nil {
			t.Error("a directory that cannot be written has accounts")
		}
	}
}

func TestIdentity(t *testing.T) {
	h := newTestEngine(t, nil)
	for _, login := range []string{"bob", "bob@example.org"} {
		if id, err := h.Tokens().Identity(context.Background(), login); err != nil || id.Subject != h.bob.Subject {
			t.Errorf("Identity(%q) = %q, %v; want Subject %v", login, id.Subject, err, h.bob.Subject)
		}
	}
	h.must(h.accounts.SetDisabled(context.Background(), h.bob.Subject, true, "test"))
	if _, err := h.Tokens().Identity(context.Background(), "bob"); api.ReasonOf(err) != api.ReasonDisabled {
		t.Errorf("disabled: Identity(\"bob\") = %v, want reason %q", err, api.ReasonDisabled)
	}
	if _, err := h.Tokens().Identity(context.Background(), "nobody"); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("unknown: Identity(\"nobody\") = %v, want error %q", err, core.ErrNotFound)
	}
}
