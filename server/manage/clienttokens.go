package manage

import (
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
)

// Issue creates an access token.
func (c *Client) Issue(ctx context.Context, n NewToken) (t Token, err error) {
	return t, c.do(ctx, http.MethodPost, "/tokens", n, &t)
}

// RevokeToken revokes a token or API key, and returns what was revoked. reason is
// recorded; "" means that an operator revoked it.
func (c *Client) RevokeToken(ctx context.Context, text api.Secret, reason string) (r Revoked, err error) {
	return r, c.do(ctx, http.MethodPost, "/tokens/revoke", presented{text.Reveal(), reason}, &r)
}

// Inspect says whether a token or API key would be accepted.
func (c *Client) Inspect(ctx context.Context, text api.Secret) (i Inspection, err error) {
	return i, c.do(ctx, http.MethodPost, "/tokens/inspect", presented{Token: text.Reveal()}, &i)
}

// Revoke makes a revocation. If it is for one token, the result has its ID and issuer.
func (c *Client) Revoke(ctx context.Context, r Revocation) (out Revoked, err error) {
	return out, c.do(ctx, http.MethodPost, "/revocations", r, &out)
}
