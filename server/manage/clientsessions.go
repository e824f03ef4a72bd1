package manage

import (
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
)

// Sessions calls each for every session of one user or of all (""), ordered by ID,
// including ended sessions.
func (c *Client) Sessions(ctx context.Context, login string, each func(Session) error) error {
	q := query(login)
	for more := true; more; {
		var page sessionList
		if err := c.do(ctx, http.MethodGet, "/sessions?"+q.Encode(), nil, &page); err != nil {
			return err
		}
		for _, s := range page.Sessions {
			if err := each(s); err != nil {
				return err
			}
			q.Set("after", s.ID)
		}
		more = len(page.Sessions) == pageSize
	}
	return nil
}

// RevokeSession ends a session and its tokens.
func (c *Client) RevokeSession(ctx context.Context, id string) (r Revoked, err error) {
	if id == "" {
		return r, named(api.ErrNotFound, api.ReasonUnknownSession, "no session has the id %q", id)
	}
	return r, c.do(ctx, http.MethodPost, "/sessions/"+segment(id)+"/revoke", nil, &r)
}

// Logout ends all sessions, tokens and API keys of a user, who is named as in
// [core.Admin.RevokeUser].
func (c *Client) Logout(ctx context.Context, who string) (r Revoked, err error) {
	if who == "" {
		return r, named(api.ErrNotFound, api.ReasonUnknownUser, "no user has the login or e-mail address %q", who)
	}
	return r, c.do(ctx, http.MethodPost, "/users/"+segment(who)+"/logout", nil, &r)
}
