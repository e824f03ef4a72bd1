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

// RevokeToken revokes the token, or the API key, of that text, and says what that
// hit. reason is for the record; "" is that an operator revoked it.
func (c *Client) RevokeToken(ctx context.Context, text api.Secret, reason string) (r Revoked, err error) {
	return r, c.do(ctx, http.MethodPost, "/tokens/revoke", presented{text.Reveal(), reason}, &r)
}

// Inspect says whether the token or the API key of that text would be accepted.
func (c *Client) Inspect(ctx context.Context, text api.Secret) (i Inspection, err error) {
	return i, c.do(ctx, http.MethodPost, "/tokens/inspect", presented{Token: text.Reveal()}, &i)
}

// Revoke revokes what r names, and returns the id and issuer of a token by its id.
func (c *Client) Revoke(ctx context.Context, r Revocation) (out Revoked, err error) {
	return out, c.do(ctx, http.MethodPost, "/revocations", r, &out)
}
