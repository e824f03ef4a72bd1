package point

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/hooks"
)

// Checks for handlers without the right roles.widen: before is the value that a handler
// got, after the one that it returned.

func loginResultNarrower(_ context.Context, before, after *LoginResult) error {
	return narrow.Narrower(&before.Identity, &after.Identity)
}

func resolvedNarrower(_ context.Context, before, after *Resolved) error {
	return narrow.Narrower(&before.Identity, &after.Identity)
}

// tokenClaimsNarrower compares the roles and scopes that the token format reads from the
// claims. If the format reads none, hooks may write any claims.
func tokenClaimsNarrower(ctx context.Context, before, after *TokenClaims) error {
	read, ok := ctx.Value(readerKey{}).(ClaimsReader)
	if !ok {
		return nil // outside of an engine no format reads them
	}
	was, _, unreadable := read(before.Claims)
	is, _, err := read(after.Claims)
	switch {
	case err == nil && unreadable == nil:
		return narrow.Narrower(&was, &is)
	case err == nil:
		return narrow.Narrower(&api.Identity{}, &is)
	case unreadable == nil:
		// Otherwise a later handler could widen claims that no longer contain roles.
		return hooks.NotAcceptable("claim.*", "must contain roles and scopes in the token's format: %v", err)
	}
	return nil
}
