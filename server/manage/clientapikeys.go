package manage

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// APIKeys calls each for every API key whose ID or name starts with prefix, of one user
// or of all (""), ordered by ID.
func (c *Client) APIKeys(ctx context.Context, login, prefix string, each func(APIKey) error) error {
	q := query(login)
	q.Set("prefix", prefix)
	for more := true; more; {
		var page apiKeyList
		if err := c.do(ctx, http.MethodGet, "/apikeys?"+q.Encode(), nil, &page); err != nil {
			return err
		}
		for _, k := range page.APIKeys {
			if err := each(k); err != nil {
				return err
			}
			q.Set("after", k.ID)
		}
		more = len(page.APIKeys) == pageSize
	}
	return nil
}

// query returns the common parameters of a listing.
func query(login string) url.Values {
	q := url.Values{"limit": {strconv.Itoa(pageSize)}}
	if login != "" {
		q.Set("user", login)
	}
	return q
}

// CreateAPIKey creates an API key; only this response contains the key itself.
func (c *Client) CreateAPIKey(ctx context.Context, n NewAPIKey) (k APIKey, err error) {
	return k, c.do(ctx, http.MethodPost, "/apikeys", n, &k)
}

// RotateAPIKey gives an API key a new secret; the previous one keeps working for overlap.
func (c *Client) RotateAPIKey(ctx context.Context, id string, overlap time.Duration) (k APIKey, err error) {
	return k, c.forAPIKey(ctx, id, "/rotate", rotation{int64(overlap / time.Second)}, &k)
}

// RevokeAPIKey revokes an API key.
func (c *Client) RevokeAPIKey(ctx context.Context, id string) (r Revoked, err error) {
	return r, c.forAPIKey(ctx, id, "/revoke", nil, &r)
}

func (c *Client) forAPIKey(ctx context.Context, id, below string, in, out any) error {
	if id == "" {
		return noAPIKey(api.ErrNotFound, id)
	}
	return c.do(ctx, http.MethodPost, "/apikeys/"+segment(id)+below, in, out)
}
