package manage

import (
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
)

// Issue makes an access token.
func (c *Client) Issue(ctx context.Context, n NewToken) (t Token, err error) {
	return t, c.do(ctx, http.MethodPost, "/tokens", n, &t)
}

// RevokeToken takes back the token, or the API key, of that text, and says what that
// hit.
func (c *Client) RevokeToken(ctx context.Context, text api.Secret) (r Revoked, err error) {
	return r, c.do(ctx, http.MethodPost, "/tokens/revoke", presented{text.Reveal()}, &r)
}

// Revoke takes back what r names.
func (c *Client) Revoke(ctx context.Context, r Revocation) error {
	return c.do(ctx, http.MethodPost, "/revocations", r, &Done{})
}
