package memory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
)

// UserBySubject implements users.Repository.
func (s *Store) UserBySubject(ctx context.Context, subject string) (api.User, error) {
	return s.user(ctx, "subject", subject, func() string { return subject })
}

// UserByNumber implements users.Repository.
func (s *Store) UserByNumber(ctx context.Context, number int64) (api.User, error) {
	return s.user(ctx, "number", number, func() string { return s.numbers[number] })
}

// UserByLogin implements users.Repository.
func (s *Store) UserByLogin(ctx context.Context, login string) (api.User, error) {
	return s.user(ctx, "login", login, func() string { return s.logins[api.LoginKey(login)] })
}

// UserByEmail implements users.Repository.
func (s *Store) UserByEmail(ctx context.Context, email string) (api.User, error) {
	return s.user(ctx, "email", email, func() string { return s.emails[api.LoginKey(email)] })
}

func (s *Store) user(ctx context.Context, field string, value any, subject func() string) (u api.User, err error) {
	err = s.read(ctx, func() error {
		found, ok := s.users[subject()]
		if !ok {
			return fmt.Errorf("user with %s %v: %w", field, value, api.ErrNotFound)
		}
		u = clone(found)
		return nil
	})
	return u, err
}

// Users implements users.Repository.
func (s *Store) Users(ctx context.Context, after int64, limit int) (list []api.User, err error) {
	err = s.read(ctx, func() error {
		for _, n := range slices.Sorted(maps.Keys(s.numbers)) {
			if n > after && len(list) < limit {
				list = append(list, clone(s.users[s.numbers[n]]))
			}
		}
		return nil
	})
	return list, err
}

// CreateUser implements users.Repository.
func (s *Store) CreateUser(ctx context.Context, u api.User) (api.User, error) {
	u = clone(u)
	err := s.write(ctx, func() error {
		if _, taken := s.users[u.Subject]; taken {
			return fmt.Errorf("subject %q is taken: %w", u.Subject, api.ErrConflict)
		}
		if u.Number == 0 {
			u.Number = s.lastNumber + 1
		}
		if err := s.free(u); err != nil {
			return err
		}
		s.put(u)
		return nil
	})
	if err != nil {
		return api.User{}, err
	}
	return clone(u), nil
}

// UpdateUser implements users.Repository.
func (s *Store) UpdateUser(ctx context.Context, subject string, change func(*api.User) ([]api.Revocation, error)) (u api.User, err error) {
	err = s.write(ctx, func() error {
		old, ok := s.users[subject]
		if !ok {
			return fmt.Errorf("user with subject %s: %w", subject, api.ErrNotFound)
		}
		u = clone(old)
		revs, err := change(&u)
		if err != nil {
			return err
		}
		if u.Subject != subject {
			return errors.New("update user: the subject must not change")
		}
		if err := s.free(u); err != nil {
			return err
		}
		s.remove(old)
		s.put(clone(u))
		s.append(revs)
		return nil
	})
	if err != nil {
		return api.User{}, err
	}
	return u, nil
}

// DeleteUser implements users.Repository.
func (s *Store) DeleteUser(ctx context.Context, subject string, revs ...api.Revocation) error {
	err := s.write(ctx, func() error {
		u, ok := s.users[subject]
		if !ok {
			return fmt.Errorf("user with subject %s: %w", subject, api.ErrNotFound)
		}
		s.remove(u)
		maps.DeleteFunc(s.keys, func(_ string, k api.APIKey) bool { return k.Subject == subject })
		s.append(revs)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.dropSessions(ctx, func(x api.Session) bool { return x.Subject == subject })
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// free returns a conflict if another user has one of u's names.
func (s *Store) free(u api.User) error {
	other := func(subject string, taken bool) bool { return taken && subject != u.Subject }
	if subject, ok := s.numbers[u.Number]; other(subject, ok) {
		return fmt.Errorf("number %d is taken: %w", u.Number, api.ErrConflict)
	}
	if subject, ok := s.logins[api.LoginKey(u.Login)]; other(subject, ok) {
		return fmt.Errorf("login %q is taken: %w", u.Login, api.ErrConflict)
	}
	if subject, ok := s.emails[api.LoginKey(u.Email)]; other(subject, ok) {
		return fmt.Errorf("email %q is taken: %w", u.Email, api.ErrConflict)
	}
	return nil
}

func (s *Store) put(u api.User) {
	s.users[u.Subject] = u
	s.numbers[u.Number] = u.Subject
	s.logins[api.LoginKey(u.Login)] = u.Subject
	if key := api.LoginKey(u.Email); key != "" {
		s.emails[key] = u.Subject
	}
	s.lastNumber = max(s.lastNumber, u.Number)
}

func (s *Store) remove(u api.User) {
	delete(s.users, u.Subject)
	delete(s.numbers, u.Number)
	delete(s.logins, api.LoginKey(u.Login))
	delete(s.emails, api.LoginKey(u.Email))
}

func clone(u api.User) api.User {
	u.Roles = slices.Clone(u.Roles)
	return u
}
