package manage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// User describes a user in listings and responses.
type User struct {
	Subject   string    `json:"subject"`
	Number    int64     `json:"number"`
	Login     string    `json:"login"`
	Email     string    `json:"email"`
	Nicename  string    `json:"nicename"`
	Display   string    `json:"display"`
	FirstName string    `json:"first_name"`
	LastName  string    `json:"last_name"`
	Roles     []string  `json:"roles"`
	Disabled  bool      `json:"disabled"`
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`

	// Name is, in the response to a change, what commands take for the user: the login, or
	// the subject if the login is ambiguous.
	Name string `json:"name,omitempty"`

	// TokensEnded says, in the response to a change, that it revoked the user's sessions
	// and tokens.
	TokensEnded bool `json:"tokens_ended,omitempty"`

	// BlockedUntil is, in the response to a change, until when failed passwords delay the
	// user's logins; zero: nothing does.
	BlockedUntil time.Time `json:"blocked_until,omitzero"`

	// LastAdministrator says, in the response to a change, that no enabled administrator
	// is left among the local users.
	LastAdministrator bool `json:"last_administrator,omitempty"`
}

// PasswordSet is the user whose password was set, and the number of their API keys that
// stay valid.
type PasswordSet struct {
	User
	LiveAPIKeys int `json:"live_apikeys"`
}

// NewUser is the request for a user; see [users.NewUser]. Password and Hash are secrets.
type NewUser struct {
	Subject   string   `json:"subject,omitempty"`
	Number    int64    `json:"number,omitempty"`
	Login     string   `json:"login"`
	Email     string   `json:"email,omitempty"`
	Nicename  string   `json:"nicename,omitempty"`
	Display   string   `json:"display,omitempty"`
	FirstName string   `json:"first_name,omitempty"`
	LastName  string   `json:"last_name,omitempty"`
	Roles     []string `json:"roles,omitempty"`
	Disabled  bool     `json:"disabled,omitempty"`
	Password  string   `json:"password,omitempty"`
	Hash      string   `json:"hash,omitempty"`
}

type (
	userList struct {
		Users []User `json:"users"`
	}
	newPassword struct {
		Password string `json:"password"`
	}
	disabling struct {
		Disabled bool `json:"disabled"`
	}
)

func (h *handler) users() {
	h.read("GET /users", h.listUsers)
	h.read("GET /users/{login}", func(r *http.Request) (any, error) {
		u, err := h.account(r, r.PathValue("login"))
		return userOf(u), err
	})
	h.change("POST /users", "user add", h.addUser)
	h.change("PUT /users/{login}/password", "user passwd", h.setPassword)
	h.change("PUT /users/{login}/disabled", "user disable", h.setDisabled)
	h.change("DELETE /users/{login}", "user delete", h.deleteUser)
}

// user returns the user that a path names by login or e-mail address.
func (h *handler) user(r *http.Request) (*core.Accounts, api.User, error) {
	accounts, err := h.Engine.Admin().Accounts()
	if err != nil {
		return nil, api.User{}, err
	}
	u, err := h.account(r, r.PathValue("login"))
	return accounts, u, err
}

// account returns the user with a login or e-mail address, in any directory and even if
// disabled.
func (h *handler) account(r *http.Request, login string) (api.User, error) {
	u, err := h.Engine.Admin().Account(r.Context(), login)
	if errors.Is(err, api.ErrNotFound) && core.IsExternalSubject(login) {
		return u, about(login, api.Wrap(api.NotFound, ReasonExternalUser, fmt.Sprintf("%q is a user of an external issuer, of whom nothing is kept here", bounded(login)), api.ErrNotFound))
	}
	if err == nil {
		return u, naming{h}.checkUnambiguous(r.Context(), login, u)
	}
	if api.CodeOf(err) == api.Unavailable {
		return u, naming{h}.unlooked(r.Context(), login, err)
	}
	return u, named(err, api.ReasonUnknownUser, "no user has the login or e-mail address %q", login)
}

// ReasonExternalUser says that a user belongs to an external issuer.
const ReasonExternalUser = "foreign_user"

func (h *handler) listUsers(r *http.Request) (any, error) {
	accounts, err := h.Engine.Admin().Accounts()
	if api.ReasonOf(err) == api.ReasonReadOnly {
		return nil, api.E(api.Denied, api.ReasonReadOnly, "the users cannot be listed from here")
	}
	if err != nil {
		return nil, err
	}
	after, err := strconv.ParseInt("0"+r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		return nil, api.E(api.Invalid, "", fmt.Sprintf("after is %.40q, must be a user's number", r.URL.Query().Get("after")))
	}
	n, err := limit(r)
	if err != nil {
		return nil, err
	}
	list, err := accounts.List(r.Context(), after, n)
	if err != nil {
		return nil, err
	}
	out := userList{Users: make([]User, len(list))}
	for i := range list {
		out.Users[i] = userOf(list[i])
	}
	return out, nil
}

func (h *handler) addUser(r *http.Request, a *act) (any, error) {
	var n NewUser
	if err := decode(r, &n); err != nil {
		return nil, err
	}
	a.target = n.Login
	if err := h.secrets.check("login", n.Login); err != nil {
		return nil, err
	}
	accounts, err := h.Engine.Admin().Accounts()
	if err != nil {
		return nil, err
	}
	u, err := accounts.Create(r.Context(), users.NewUser{
		Subject: n.Subject, Number: n.Number, Login: n.Login, Email: n.Email, Nicename: n.Nicename, Display: n.Display,
		FirstName: n.FirstName, LastName: n.LastName, Roles: n.Roles, Disabled: n.Disabled,
		Password: api.Secret(n.Password), Hash: api.Secret(n.Hash),
	}, a.actor)
	a.facts = append(a.facts, "subject", u.Subject)
	out := userOf(u)
	out.Name = naming{h}.nameOf(r.Context(), u)
	return out, err
}

// forUser applies a change to the user in the path, and returns the user.
func (h *handler) forUser(r *http.Request, a *act, do func(*core.Accounts, *api.User) error) (User, error) {
	a.target = r.PathValue("login")
	accounts, u, err := h.user(r)
	if err != nil {
		return User{}, naming{h}.ofReadOnly(a.target, err)
	}
	name := naming{h}.nameOf(r.Context(), u)
	a.target, a.facts = u.Login, append(a.facts, "subject", u.Subject)
	before := u
	if err := do(accounts, &u); err != nil {
		return User{}, naming{h}.ofReadOnly(name, err)
	}
	out := userOf(u)
	out.Name = name
	out.TokensEnded, out.BlockedUntil = accounts.HasEnded(before), h.Engine.Admin().BlockedUntil(u)
	return out, nil
}

func (h *handler) setPassword(r *http.Request, a *act) (any, error) {
	var in newPassword
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	live := 0
	u, err := h.forUser(r, a, func(accounts *core.Accounts, u *api.User) (err error) {
		if live, err = h.Engine.Admin().LiveAPIKeys(r.Context(), u.Subject); err != nil {
			return err
		}
		return accounts.SetPassword(r.Context(), u.Subject, api.Secret(in.Password), a.actor)
	})
	return PasswordSet{u, live}, err
}

func (h *handler) setDisabled(r *http.Request, a *act) (any, error) {
	var in disabling
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if !in.Disabled {
		a.what = "user enable"
	}
	ended, last := false, false
	out, err := h.forUser(r, a, func(accounts *core.Accounts, u *api.User) error {
		if u.Disabled == in.Disabled {
			return api.E(api.Conflict, "", fmt.Sprintf("nothing was changed: %.100q is %s already", u.Login, enabledText(*u)))
		}
		if err := accounts.SetDisabled(r.Context(), u.Subject, in.Disabled, a.actor); err != nil {
			return err
		}
		u.Disabled = in.Disabled
		last = in.Disabled && isLastAdministrator(r.Context(), accounts, *u)
		ended = !in.Disabled && h.hadEnded(r.Context(), accounts, *u)
		return nil
	})
	out.TokensEnded, out.LastAdministrator = out.TokensEnded || ended, last
	return out, err
}

const administrator = "administrator"

// isLastAdministrator reports whether a user was an administrator and no other enabled
// one exists. It returns false on errors.
func isLastAdministrator(ctx context.Context, accounts *core.Accounts, was api.User) bool {
	if !slices.Contains(was.Roles, administrator) {
		return false
	}
	for after := int64(0); ; {
		list, err := accounts.List(ctx, after, pageOfUsers)
		if err != nil || slices.ContainsFunc(list, func(u api.User) bool {
			return u.Subject != was.Subject && !u.Disabled && slices.Contains(u.Roles, administrator)
		}) {
			return false
		}
		if len(list) < pageOfUsers {
			return true
		}
		after = list[len(list)-1].Number
	}
}

// pageOfUsers is the number of users read at a time.
const pageOfUsers = 500

// hadEnded reports whether the sessions and tokens of a user who was enabled again had
// been revoked: those of the previous generation are, and no session is live.
func (h *handler) hadEnded(ctx context.Context, accounts *core.Accounts, u api.User) bool {
	u.Gen--
	live, err := h.Engine.Admin().LiveSessions(ctx, u.Subject)
	return err == nil && len(live) == 0 && accounts.HasEnded(u)
}

func enabledText(u api.User) string {
	if u.Disabled {
		return "disabled"
	}
	return "enabled"
}

func (h *handler) deleteUser(r *http.Request, a *act) (any, error) {
	last := false
	out, err := h.forUser(r, a, func(accounts *core.Accounts, u *api.User) error {
		last = !u.Disabled && isLastAdministrator(r.Context(), accounts, *u)
		return accounts.Delete(r.Context(), *u, a.actor)
	})
	out.LastAdministrator = last
	return out, err
}

func userOf(u api.User) User {
	return User{
		Subject: u.Subject, Number: u.Number, Login: u.Login, Email: u.Email, Nicename: u.Nicename, Display: u.Display,
		FirstName: u.FirstName, LastName: u.LastName, Roles: u.Roles, Disabled: u.Disabled, Created: u.Created, Updated: u.Updated,
	}
}
