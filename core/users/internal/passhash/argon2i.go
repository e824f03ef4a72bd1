package passhash

import (
	"crypto/subtle"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// argon2i is the predecessor of [argon2id], written by PHP's PASSWORD_ARGON2I. It only
// verifies.
type argon2i struct{}

const argon2iPrefix = "$argon2i$"

func (argon2i) Match(hash string) bool { return strings.HasPrefix(hash, argon2iPrefix) }

func (argon2i) Cost(hash string) (Cost, error) {
	a, _, _, err := parseArgon2(argon2iPrefix, hash)
	if err != nil {
		return Cost{}, fmt.Errorf("verify password: stored argon2i hash: %w", err)
	}
	return a.work(), nil
}

func (argon2i) Verify(hash, password string) error {
	a, salt, want, err := parseArgon2(argon2iPrefix, hash)
	if err != nil {
		return fmt.Errorf("verify password: stored argon2i hash: %w", err)
	}
	got := argon2.Key([]byte(password), salt, a.passes, a.memory, a.lanes, uint32(len(want)))
	if subtle.ConstantTimeCompare(got, want) != 1 {
		return ErrMismatch
	}
	return nil
}
