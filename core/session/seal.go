package session

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// A used token stores its successor for the grace period, encrypted with a key derived from
// its own secret (HKDF, RFC 5869). The store has only a digest of that secret, so only the
// holder of the used token can decrypt it.

// seal encrypts the successor's secret for the holder of r.
func (r Refresh) seal(successor Refresh) ([]byte, error) {
	box, err := r.box()
	if err != nil {
		return nil, fmt.Errorf("seal a refresh token's successor: %w", err)
	}
	return box.Seal(nil, nil, []byte(successor.secret.Reveal()), nil), nil
}

// open decrypts what seal has encrypted.
func (r Refresh) open(sealed []byte) (successor Refresh, err error) {
	box, err := r.box()
	if err != nil {
		return Refresh{}, fmt.Errorf("open a refresh token's successor: %w", err)
	}
	secret, err := box.Open(nil, nil, sealed, nil)
	if err != nil {
		return Refresh{}, errors.New("open a refresh token's successor: the stored box is damaged")
	}
	return refresh(r.Session, string(secret)), nil
}

func (r Refresh) box() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(r.secret.Reveal()), nil, "cardea refresh successor", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
