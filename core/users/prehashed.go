package users

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"strings"
)

// prehashed is what WordPress writes since 6.8: bcrypt of a digest, so that
// bytes beyond the 72nd count too.
//
//	"$wp" + bcrypt(base64(HMAC-SHA-384("wp-sha384", trimmed password)))
type prehashed struct{}

const prehashedPrefix = "$wp"

func (prehashed) match(hash string) bool { return strings.HasPrefix(hash, prehashedPrefix+"$2y$") }

func (prehashed) cost(hash string) (cost, error) {
	return bcryptForm{}.cost(strings.TrimPrefix(hash, prehashedPrefix))
}

func (prehashed) verify(hash, password string) error {
	password = trim(password)
	mac := hmac.New(sha512.New384, []byte("wp-sha384"))
	mac.Write([]byte(password))
	digest := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	err := bcryptForm{}.verify(strings.TrimPrefix(hash, prehashedPrefix), digest)
	if err == nil && password == "" {
		return ErrMismatch
	}
	return err
}
