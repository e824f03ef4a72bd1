package keys

import (
	"crypto"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// bind creates a key from material for one algorithm, if the material fits it. Public
// material gives a key that only verifies.
func bind(id, algorithm string, material any) (api.Key, error) {
	key := api.Key{ID: id, Algorithm: algorithm, Public: material}
	if secret, ok := material.([]byte); ok {
		key.Private = secret
	}
	if signer, ok := material.(crypto.Signer); ok {
		key.Private, key.Public = signer, signer.Public()
	}
	if err := check(key); err != nil {
		return api.Key{}, fmt.Errorf("%s: %w", describe(id), err)
	}
	return key, nil
}

func describe(id string) string {
	if id == "" {
		return "key without kid"
	}
	return fmt.Sprintf("key %.64q", id)
}
