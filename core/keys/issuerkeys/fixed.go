package issuerkeys

import (
	"context"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
)

// maxWithoutKid bounds the keys that are tried for a token without a kid.
const maxWithoutKid = 8

// Fixed returns a lookup like [Remote.Verifying] over a fixed list. For a token without
// a kid it returns the keys of its algorithm, at most eight, and for one with an unknown
// kid those without an ID.
func Fixed(list []api.Key) func(ctx context.Context, kid, alg string) ([]api.Key, error) {
	set := &remoteSet{list: slices.Clone(list)}
	nameless := &remoteSet{list: slices.DeleteFunc(slices.Clone(list), func(k api.Key) bool { return k.ID != "" })}
	return func(_ context.Context, kid, alg string) ([]api.Key, error) {
		if found := set.find(kid, alg, maxWithoutKid); len(found) > 0 {
			return found, nil
		}
		return nameless.find("", alg, maxWithoutKid), nil
	}
}
