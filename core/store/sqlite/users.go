package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/internal/sqlrow"
)

const userColumns = `subject, number, login, email, nicename, display, first_name, last_name,
	roles, disabled, gen, hash, created, updated`

func readUser(r *sqlrow.Row) api.User {
	return api.User{
		Subject: r.Text(), Number: r.Integer(), Login: r.Text(), Email: r.Text(),
		Nicename: r.Text(), Display: r.Text(), FirstName: r.Text(), LastName: r.Text(),
		Roles: r.List(), Disabled: r.Flag(), Gen: r.Integer(), Hash: api.Secret(r.Text()),
		Created: r.Time(), Updated: r.Time(),
	}
}

// UserBySubject implements users.Repository.
func (s *Store) UserBySubject(ctx context.Context, subject string) (api.User, error) {
	return s.reader().user(ctx, "subject", subject)
}

// UserByNumber implements users.Repository.
func (s *Store) UserByNumber(ctx context.Context, number int64) (api.User, error) {
	return s.reader().user(ctx, "number", number)
}

// UserByLogin implements users.Repository.
func (s *Store) UserByLogin(ctx context.Context, login string) (api.User, error) {
	return s.reader().user(ctx, "login_key", api.LoginKey(login))
}

// UserByEmail implements users.Repository.
func (s *Store) UserByEmail(ctx context.Context, email string) (api.User, error) {
	return s.reader().user(ctx, "email_key", emailKey(email))
}

// user looks up a user by a unique column.
func (q querier) user(ctx context.Context, column string, value any) (api.User, error) {
	u, err := one(ctx, q, "users", readUser, "SELECT "+userColumns+" FROM users WHERE "+column+" = $1", value)
	if errors.Is(err, api.ErrNotFound) {
		return u, fmt.Errorf("user with %s %v: %w", label(column), value, err)
	}
	return u, err
}

// Users implements users.Repository.
func (s *Store) Users(ctx context.Context, after int64, limit int) ([]api.User, error) {
	return list(ctx, s.reader(), "users", readUser,
		"SELECT "+userColumns+" FROM users WHERE number > $1 ORDER BY number LIMIT $2", after, max(limit, 0))
}

// CreateUser implements users.Repository.
func (s *Store) CreateUser(ctx context.Context, u api.User) (created api.User, err error) {
	err = s.write(ctx, func(q querier) error {
		if created, err = q.createUser(ctx, u); err != nil {
			return fmt.Errorf("create user %q: %w", u.Login, err)
		}
		return nil
	})
	if err != nil {
		return api.User{}, err
	}
	return created, nil
}

func (q querier) createUser(ctx context.Context, u api.User) (api.User, error) {
	if err := q.free(ctx, "subject", u.Subject, u.Subject, ""); err != nil {
		return u, err
	}
	number, err := q.next(ctx, "user_number", u.Number)
	if err != nil {
		return u, err
	}
	if u.Number == 0 {
		u.Number = number
	}
	if err := q.freeNames(ctx, u); err != nil {
		return u, err
	}
	_, err = q.exec(ctx, `INSERT INTO users (subject, number, login, login_key, email, email_key, nicename, display,
		first_name, last_name, roles, disabled, gen, hash, created, updated)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, userValues(u)...)
	if err != nil {
		return u, err
	}
	return q.user(ctx, "subject", u.Subject)
}

// UpdateUser implements users.Repository.
func (s *Store) UpdateUser(ctx context.Context, subject string, change func(*api.User) ([]api.Revocation, error)) (u api.User, err error) {
	err = s.write(ctx, func(q querier) error {
		if u, err = q.user(ctx, "subject", subject); err != nil {
			return err
		}
		revs, err := change(&u)
		if err != nil {
			return err
		}
		if u.Subject != subject {
			return errors.New("update user: the subject must not change")
		}
		if u, err = q.updateUser(ctx, u); err != nil {
			return fmt.Errorf("update user %s: %w", subject, err)
		}
		return q.append(ctx, revs)
	})
	if err != nil {
		return api.User{}, err
	}
	return u, nil
}

func (q querier) updateUser(ctx context.Context, u api.User) (api.User, error) {
	if err := q.freeNames(ctx, u); err != nil {
		return u, err
	}
	_, err := q.exec(ctx, `UPDATE users SET number = $2, login = $3, login_key = $4, email = $5, email_key = $6,
		nicename = $7, display = $8, first_name = $9, last_name = $10, roles = $11, disabled = $12, gen = $13,
		hash = $14, created = $15, updated = $16 WHERE subject = $1`, userValues(u)...)
	if err != nil {
		return u, err
	}
	if _, err := q.next(ctx, "user_number", u.Number); err != nil {
		return u, err
	}
	return q.user(ctx, "subject", u.Subject)
}

// DeleteUser implements users.Repository. The user's sessions are refused from then on;
// they are deleted afterwards, in several transactions.
func (s *Store) DeleteUser(ctx context.Context, subject string, revs ...api.Revocation) error {
	err := s.write(ctx, func(q querier) error {
		n, err := q.exec(ctx, "DELETE FROM users WHERE subject = $1", subject)
		if err != nil {
			return fmt.Errorf("delete user %s: %w", subject, err)
		}
		if n == 0 {
			return fmt.Errorf("user with subject %s: %w", subject, api.ErrNotFound)
		}
		if _, err := q.exec(ctx, "DELETE FROM api_keys WHERE subject = $1", subject); err != nil {
			return fmt.Errorf("delete the API keys of user %s: %w", subject, err)
		}
		return q.append(ctx, revs)
	})
	if err != nil {
		return err
	}
	_, err = s.dropSessions(ctx, "SELECT id FROM sessions WHERE subject = $1 LIMIT $2", subject, sliceRows)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("delete the sessions of user %s: %w", subject, err)
	}
	return nil
}

// freeNames returns a conflict if another user has one of u's names. The write lock of the
// transaction keeps the result valid until the commit.
func (q querier) freeNames(ctx context.Context, u api.User) error {
	if err := q.free(ctx, "number", u.Number, u.Number, u.Subject); err != nil {
		return err
	}
	if err := q.free(ctx, "login_key", api.LoginKey(u.Login), u.Login, u.Subject); err != nil {
		return err
	}
	return q.free(ctx, "email_key", emailKey(u.Email), u.Email, u.Subject)
}

func (q querier) free(ctx context.Context, column string, value, shown any, but string) error {
	n, err := q.number(ctx, "SELECT COUNT(*) FROM users WHERE "+column+" = $1 AND subject <> $2", value, but)
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("%s %q is taken: %w", label(column), fmt.Sprint(shown), api.ErrConflict)
	}
	return nil
}

// label returns the name of a column for messages.
func label(column string) string { return strings.TrimSuffix(column, "_key") }

// userValues returns the arguments of INSERT and UPDATE, subject first.
func userValues(u api.User) []any {
	return []any{
		u.Subject, u.Number, u.Login, api.LoginKey(u.Login), u.Email, emailKey(u.Email), u.Nicename, u.Display,
		u.FirstName, u.LastName, sqlrow.JSONList(u.Roles), sqlrow.Flag(u.Disabled), u.Gen, u.Hash.Reveal(),
		sqlrow.Micros(u.Created), sqlrow.Micros(u.Updated),
	}
}

// emailKey returns NULL for no address, since NULLs do not conflict with each other.
func emailKey(email string) any {
	if key := api.LoginKey(email); key != "" {
		return key
	}
	return nil
}
