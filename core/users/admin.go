package users

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// Create adds a user. The password is not trimmed; with an empty one no password
// matches. The generation is 1 unless NewUser.Anew is set.
func (s *Store) Create(ctx context.Context, n NewUser) (api.User, error) {
	u, err := s.newUser(n)
	if err != nil {
		return api.User{}, err
	}
	if err := checkFields(u); err != nil {
		return api.User{}, err
	}
	if u.Hash, err = s.firstHash(ctx, n); err != nil {
		return api.User{}, err
	}
	if err := s.checkClash(ctx, u); err != nil {
		return api.User{}, public(err)
	}
	if n.Anew {
		u, err = s.createAnew(ctx, u)
	} else {
		u, err = s.repo.CreateUser(ctx, u)
	}
	return u, public(err)
}

// createAnew adds a user whose number may have had another owner, so that no earlier
// token is valid for the new one. The generation is the current time in microseconds,
// above those of any earlier owner. The user is disabled until it is stored.
func (s *Store) createAnew(ctx context.Context, u api.User) (api.User, error) {
	disabled := u.Disabled
	u.Disabled = true
	u, err := s.repo.CreateUser(ctx, u)
	if err != nil {
		return api.User{}, err
	}
	return s.repo.UpdateUser(ctx, u.Subject, func(u *api.User) ([]api.Revocation, error) {
		u.Disabled, u.Gen = disabled, s.now().UnixMicro()
		return s.log(u, event{"number given", "", true}), nil
	})
}

// checkClash rejects a login that is the e-mail address of another user, and the
// reverse: both can be entered at a login.
func (s *Store) checkClash(ctx context.Context, u api.User) error {
	other, err := s.repo.UserByEmail(ctx, u.Login)
	if err == nil && other.Subject != u.Subject {
		return fmt.Errorf("login %q is the e-mail address of another user: %w", u.Login, api.ErrConflict)
	}
	if err != nil && !errors.Is(err, api.ErrNotFound) || u.Email == "" {
		return clashFree(err)
	}
	other, err = s.repo.UserByLogin(ctx, u.Email)
	if err == nil && other.Subject != u.Subject {
		return fmt.Errorf("e-mail address %q is the login of another user: %w", u.Email, api.ErrConflict)
	}
	return clashFree(err)
}

// clashFree treats ErrNotFound as success.
func clashFree(err error) error {
	if errors.Is(err, api.ErrNotFound) {
		return nil
	}
	return err
}

// Update changes fields. A new login name revokes the user's credentials, because
// tokens contain the old one, which another user may get later. So does a new e-mail
// address, because whoever reads the mailbox can take over the account. Other fields do
// not.
func (s *Store) Update(ctx context.Context, subject string, change Change, actor string) (api.User, error) {
	if err := s.checkChange(ctx, subject, change); err != nil {
		return api.User{}, public(err)
	}
	return s.update(ctx, subject, func(u *api.User) ([]api.Revocation, error) {
		before := *u
		change.apply(u)
		if err := checkFields(*u); err != nil {
			return nil, err
		}
		differs := func(a, b string) bool { return api.LoginKey(a) != api.LoginKey(b) }
		switch {
		case differs(u.Login, before.Login):
			return s.log(u, event{"login changed", actor, true}), nil
		case differs(u.Email, before.Email):
			return s.log(u, event{"email changed", actor, s.cfg.RevokeOn.Email == On}), nil
		}
		return s.log(u, event{"user changed", actor, false}), nil
	})
}

// checkChange is checkClash for an existing user. Fields are validated first, so an
// invalid name is not looked up.
func (s *Store) checkChange(ctx context.Context, subject string, change Change) error {
	if change.Login == nil && change.Email == nil {
		return nil
	}
	u, err := s.repo.UserBySubject(ctx, subject)
	if err != nil {
		return err
	}
	change.apply(&u)
	if err := checkFields(u); err != nil {
		return err
	}
	return s.checkClash(ctx, u)
}

// SetPassword sets a new password and revokes the user's credentials.
func (s *Store) SetPassword(ctx context.Context, subject string, password api.Secret, actor string) (api.User, error) {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return api.User{}, err
	}
	return s.update(ctx, subject, func(u *api.User) ([]api.Revocation, error) {
		u.Hash = hash
		return s.log(u, event{"password changed", actor, s.cfg.RevokeOn.Password == On}), nil
	})
}

// SetDisabled disables the user and revokes its credentials, or enables it again;
// revoked credentials stay revoked.
func (s *Store) SetDisabled(ctx context.Context, subject string, disabled bool, actor string) (api.User, error) {
	return s.update(ctx, subject, func(u *api.User) ([]api.Revocation, error) {
		u.Disabled = disabled
		if !disabled {
			return s.log(u, event{"user enabled", actor, false}), nil
		}
		return s.log(u, event{"user disabled", actor, s.cfg.RevokeOn.Disable == On}), nil
	})
}

// SetRoles replaces the roles. If the set differs, the user's credentials are revoked.
func (s *Store) SetRoles(ctx context.Context, subject string, roles []string, actor string) (api.User, error) {
	roles = distinct(roles)
	if err := checkRoles(roles); err != nil {
		return api.User{}, err
	}
	return s.update(ctx, subject, func(u *api.User) ([]api.Revocation, error) {
		same := slices.Equal(slices.Sorted(slices.Values(roles)), slices.Sorted(slices.Values(u.Roles)))
		u.Roles = roles
		return s.log(u, event{"roles changed", actor, !same && s.cfg.RevokeOn.Role == On}), nil
	})
}

// EndAll revokes all credentials of the user without changing the user.
func (s *Store) EndAll(ctx context.Context, subject, reason, actor string) (api.User, error) {
	return s.update(ctx, subject, func(u *api.User) ([]api.Revocation, error) {
		return s.log(u, event{reason, actor, true}), nil
	})
}

// Delete removes the user and its API keys and revokes its credentials permanently: the
// subject must not be reused.
func (s *Store) Delete(ctx context.Context, subject string, actor string) error {
	e := event{"user deleted", actor, s.cfg.RevokeOn.Delete == On}
	return public(s.repo.DeleteUser(ctx, subject, s.farewell(api.User{Subject: subject}, e)))
}

func (s *Store) update(ctx context.Context, subject string, change func(*api.User) ([]api.Revocation, error)) (api.User, error) {
	u, err := s.repo.UpdateUser(ctx, subject, change)
	return u, public(err)
}

func (s *Store) hash(ctx context.Context, password api.Secret) (api.Secret, error) {
	if err := checkPassword(password); err != nil {
		return "", err
	}
	return s.cfg.Passwords.Hash(ctx, password)
}

// firstHash returns the hash of the initial password, if any.
func (s *Store) firstHash(ctx context.Context, n NewUser) (api.Secret, error) {
	switch {
	case n.Password != "" && n.Hash != "":
		return "", invalid("a user has a password or a password hash, not both")
	case n.Password != "":
		return s.hash(ctx, n.Password)
	case n.Hash != "":
		return n.Hash, checkHash(n.Hash)
	}
	return "", nil
}

// newUser fills in defaults.
func (s *Store) newUser(n NewUser) (api.User, error) {
	if n.Subject == "" {
		var id [16]byte
		if _, err := io.ReadFull(s.cfg.Rand, id[:]); err != nil {
			return api.User{}, fmt.Errorf("create user: read a random subject: %w", err)
		}
		n.Subject = "u_" + base64.RawURLEncoding.EncodeToString(id[:])
	}
	login, now := strings.TrimSpace(n.Login), s.now()
	return api.User{
		Subject: n.Subject, Number: n.Number, Login: login, Email: strings.TrimSpace(n.Email),
		Nicename: cmp.Or(n.Nicename, api.LoginKey(login)), Display: cmp.Or(n.Display, login),
		FirstName: n.FirstName, LastName: n.LastName,
		Roles: distinct(n.Roles), Disabled: n.Disabled, Gen: 1, Created: now, Updated: now,
	}, nil
}

func (c Change) apply(u *api.User) {
	set := func(field, value *string) {
		if value != nil {
			*field = *value
		}
	}
	set(&u.Login, c.Login)
	set(&u.Email, c.Email)
	set(&u.Nicename, c.Nicename)
	set(&u.Display, c.Display)
	set(&u.FirstName, c.FirstName)
	set(&u.LastName, c.LastName)
}

// distinct returns a copy without duplicate roles, in order of first occurrence.
func distinct(roles []string) []string {
	var out []string
	for _, r := range roles {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// public converts a repository's error to one that may be shown to a client.
func public(err error) error {
	if err == nil {
		return nil
	}
	if e, _ := errors.AsType[*api.Error](err); e != nil {
		return err
	}
	switch {
	case errors.Is(err, api.ErrConflict):
		return api.Wrap(api.Conflict, "", strings.TrimSuffix(err.Error(), ": "+api.ErrConflict.Error()), api.ErrConflict)
	case errors.Is(err, api.ErrNotFound):
		return api.Wrap(api.NotFound, api.ReasonUnknownUser, "no such user", api.ErrNotFound)
	}
	return api.Wrap(api.Unavailable, "", "users cannot be changed at the moment", err)
}
