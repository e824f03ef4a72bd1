package point

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
)

// ClaimsReader reads an identity back from the claims of a token, as the format of the
// token has them.
type ClaimsReader func(api.Claims) (id api.Identity, complete bool, err error)

// readerKey is under what the context of token-claims holds the format's reader.
type readerKey struct{}

// WithClaimsReader returns the context for token-claims: handlers without the right
// roles.widen are held to what read makes of the claims.
func WithClaimsReader(ctx context.Context, read ClaimsReader) context.Context {
	return context.WithValue(ctx, readerKey{}, read)
}
