package manage

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
)

// Users calls each for every user, ordered by number.
func (c *Client) Users(ctx context.Context, each func(User) error) error {
	for after, more := int64(0), true; more; {
		var page userList
		if err := c.do(ctx, http.MethodGet, fmt.Sprintf("/users?limit=%d&after=%d", pageSize, after), nil, &page); err != nil {
			return err
		}
		for _, u := range page.Users {
			if err := each(u); err != nil {
				return err
			}
			after = u.Number
		}
		more = len(page.Users) == pageSize
	}
	return nil
}

// AddUser adds a user.
func (c *Client) AddUser(ctx context.Context, n NewUser) (u User, err error) {
	return u, c.do(ctx, http.MethodPost, "/users", n, &u)
}

// SetPassword sets a user's password.
func (c *Client) SetPassword(ctx context.Context, login string, password api.Secret) (set PasswordSet, err error) {
	return set, c.onUser(ctx, http.MethodPut, login, "/password", newPassword{password.Reveal()}, &set)
}

// SetDisabled disables or enables a user.
func (c *Client) SetDisabled(ctx context.Context, login string, disabled bool) (User, error) {
	return c.forUser(ctx, http.MethodPut, login, "/disabled", disabling{disabled})
}

// DeleteUser deletes a user and returns the deleted entry.
func (c *Client) DeleteUser(ctx context.Context, login string) (User, error) {
	return c.forUser(ctx, http.MethodDelete, login, "", nil)
}

func (c *Client) forUser(ctx context.Context, method, login, below string, in any) (u User, err error) {
	return u, c.onUser(ctx, method, login, below, in, &u)
}

// onUser sends a request about a user and reads the answer into out.
func (c *Client) onUser(ctx context.Context, method, login, below string, in, out any) error {
	if login == "" {
		return named(api.ErrNotFound, api.ReasonUnknownUser, "no user has the login or e-mail address %q", login)
	}
	return c.do(ctx, method, "/users/"+segment(login)+below, in, out)
}
