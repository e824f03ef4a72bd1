package passhash

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/blake2b"
)

// fastHash is the hash that WordPress 6.8 and later uses for random, long secrets,
// which need no stretching, such as application passwords.
//
//	"$generic$" + base64url(BLAKE2b with a key, 30 bytes)
type fastHash struct{}

const (
	fastHashPrefix = "$generic$"
	fastHashKey    = "wp_fast_hash_6.8+"
	fastHashSize   = 30
)

func (fastHash) Match(hash string) bool { return strings.HasPrefix(hash, fastHashPrefix) }

func (fastHash) Cost(hash string) (Cost, error) {
	if len(hash) != len(fastHashPrefix)+base64.RawURLEncoding.EncodedLen(fastHashSize) {
		return Cost{}, errors.New("verify password: stored $generic$ hash: it is not 40 characters long")
	}
	return Cost{Kind: Quick}, nil
}

func (f fastHash) Verify(hash, password string) error {
	if _, err := f.Cost(hash); err != nil {
		return err
	}
	want := strings.TrimPrefix(hash, fastHashPrefix)
	h, err := blake2b.New(fastHashSize, []byte(fastHashKey))
	if err != nil {
		return fmt.Errorf("verify password: %w", err)
	}
	h.Write([]byte(password))
	if subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(h.Sum(nil))), []byte(want)) != 1 {
		return ErrMismatch
	}
	return nil
}
