package point

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/hooks"
)

// What handlers without the right roles.widen are held to: before is the value that they
// were given, after the one that they have made of it.

func loginResultNarrower(_ context.Context, before, after *LoginResult) error {
	return narrow.Narrower(&before.Identity, &after.Identity)
}

func resolvedNarrower(_ context.Context, before, after *Resolved) error {
	return narrow.Narrower(&before.Identity, &after.Identity)
}

// tokenClaimsNarrower compares what the token format will read back of claims, so that a token format
// that reads no roles lets hooks write what they like.
func tokenClaimsNarrower(ctx context.Context, before, after *TokenClaims) error {
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
