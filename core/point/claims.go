package point

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/hooks"
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

// narrowerClaims compares what the layout will read back of claims, so that a layout
// that reads no roles lets hooks write what they like.
func narrowerClaims(ctx context.Context, before, after *TokenClaims) error {
	read, ok := ctx.Value(readerKey{}).(ClaimsReader)
	if !ok {
		return nil // outside an engine nobody reads them back
	}
	was, _, unreadable := read(before.Claims)
	is, _, err := read(after.Claims)
	switch {
	case err == nil && unreadable == nil:
		return narrow.Narrower(&was, &is)
	case err == nil:
		return narrow.Narrower(&api.Identity{}, &is)
	case unreadable == nil:
		// The next handler could make anything of claims that say nothing.
		return hooks.NotAcceptable("claim.*", "must tell roles and scopes in the token's format: %v", err)
	}
	return nil
}
