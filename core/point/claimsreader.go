package point

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
)

// ClaimsReader reads an identity from the claims of a token in the token's format.
type ClaimsReader func(api.Claims) (id api.Identity, complete bool, err error)

// readerKey is the context key of the format's reader at token-claims.
type readerKey struct{}

// WithClaimsReader returns the context for token-claims: for handlers without the right
// roles.widen, the roles and scopes that read returns must not widen.
func WithClaimsReader(ctx context.Context, read ClaimsReader) context.Context {
	return context.WithValue(ctx, readerKey{}, read)
}
