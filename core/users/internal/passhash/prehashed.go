package passhash

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"strings"
)

// prehashed is the format of WordPress since 6.8: bcrypt of a digest, so that bytes
// after the 72nd count too.
//
//	"$wp" + bcrypt(base64(HMAC-SHA-384("wp-sha384", trimmed password)))
type prehashed struct{}

const prehashedPrefix = "$wp"

func (prehashed) Match(hash string) bool { return strings.HasPrefix(hash, prehashedPrefix+"$2y$") }

func (prehashed) Cost(hash string) (Cost, error) {
	return bcryptForm{}.Cost(strings.TrimPrefix(hash, prehashedPrefix))
}

func (prehashed) Verify(hash, password string) error {
	password = trim(password)
	err := bcryptForm{}.Verify(strings.TrimPrefix(hash, prehashedPrefix), prehash(password))
	if err == nil && password == "" {
		return ErrMismatch
	}
	return err
}

// prehash returns the digest that WordPress passes to bcrypt, which reads at most 72
// bytes.
func prehash(password string) string {
	mac := hmac.New(sha512.New384, []byte("wp-sha384"))
	mac.Write([]byte(password))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
