package mount

import (
	"bytes"
	"crypto"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/state"
)

// checkDistinct returns an error if the tokens of two mounts could not be distinguished:
// a token is valid at its own site only, so its mount must be known.
func checkDistinct(cfg *config.Config, list []Placed[Mounted]) error {
	given, err := state.GivenKey(cfg.Keys)
	if err != nil {
		given = nil // reported when the keys are opened
	}
	for i, a := range list {
		for _, b := range list[:i] {
			if !a.Value.Traits.OwnTokens || !b.Value.Traits.OwnTokens || !alike(a.Value.Dialect.TokenFormat(), b.Value.Dialect.TokenFormat(), given) {
				continue
			}
			return &setting.Error{Key: fmt.Sprintf("mounts[%d]", a.Order), Name: a.Name, Err: fmt.Errorf("its tokens cannot be distinguished from those of %s, which name the same issuer, or none, "+
				"and are verified with the same secret, or with the keys of the server: give each mount an issuer, or a secret, of its own "+
				"(a weak secret does not sign, the server's keys do); hosts of one site go into aliases of one mount", b.Name)}
		}
	}
	return nil
}

// alike reports whether a token could be of either format: both accept the same issuer and
// share a key. given is the configured key of the server, or nil.
func alike(a, b core.TokenFormat, given *api.Key) bool {
	sameIssuer := a.NoIssuer && b.NoIssuer
	if a.NoIssuer == b.NoIssuer {
		sameIssuer = sameIssuer || slices.ContainsFunc(issuers(a), func(x string) bool { return slices.Contains(issuers(b), x) })
	}
	if !sameIssuer {
		return false
	}
	if byServer(a) && byServer(b) {
		return true
	}
	return slices.ContainsFunc(verifying(a, given), func(x api.Key) bool {
		return slices.ContainsFunc(verifying(b, given), func(y api.Key) bool { return sameKey(x, y) })
	})
}

// issuers returns the iss claims that a format accepts.
func issuers(l core.TokenFormat) []string { return append([]string{l.Issuer}, l.Profile.Issuers...) }

// byServer reports whether the server's keys verify tokens of the format: if it has no
// keys of its own, or a weak secret.
func byServer(l core.TokenFormat) bool {
	return len(l.Keys) == 0 || slices.ContainsFunc(l.Keys, func(k api.Key) bool { return k.Weak })
}

// verifying returns all known keys that verify tokens of the format.
func verifying(l core.TokenFormat, given *api.Key) []api.Key {
	if given == nil || !byServer(l) {
		return l.Keys
	}
	return append(slices.Clone(l.Keys), *given)
}

// sameKey reports whether two keys verify the same tokens.
func sameKey(a, b api.Key) bool {
	if a.Algorithm != b.Algorithm {
		return false
	}
	if public, ok := a.Public.(interface{ Equal(crypto.PublicKey) bool }); ok {
		return public.Equal(b.Public)
	}
	x, isSecret := a.Public.([]byte)
	y, both := b.Public.([]byte)
	return isSecret && both && bytes.Equal(x, y)
}
