package judge

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/hooks"
)

// MaxClaims leaves room for header and signature within the limit of [token.Parse].
const MaxClaims = token.MaxSize*3/4 - 2<<10

// CheckClaim returns an error if a token cannot contain the claim.
func CheckClaim(name string, value any) error {
	if name == "" || len(name) > MaxName {
		return hooks.NotAcceptable("claim."+name, "must have a name of 1 to %d bytes", MaxName)
	}
	if _, err := token.Size(api.ParsedClaims([]api.Claim{{Name: name, Value: value}})); err != nil {
		return hooks.NotAcceptable("claim."+name, "must be UTF-8 text, a number, a truth value, null, or a list or object of them, at most 16 levels deep")
	}
	return nil
}

// Largest returns the key of the largest changed claim.
func Largest(before, after api.Claims) string {
	key, most := "claim.*", 0
	ChangedMembers(before, after, func(name string, value any) error {
		if size, _ := token.Size(api.ParsedClaims([]api.Claim{{Name: name, Value: value}})); size > most {
			key, most = "claim."+name, size
		}
		return nil
	})
	return key
}
