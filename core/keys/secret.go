package keys

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// WeakSecretError reports that an HMAC secret must not sign: it is too short (RFC 7518
// section 3.2) or well known. With [VerifyOnly] it may still verify the tokens of an
// old site.
type WeakSecretError struct {
	Algorithm string
	Length    int  // bytes
	Need      int  // bytes
	Known     bool // long enough, but well known or repetitive
}

// Error describes the problem and the remedy, without the secret.
func (e *WeakSecretError) Error() string {
	if e.Known {
		return fmt.Sprintf("secret for %s is a well-known or repetitive text: use %d random bytes", e.Algorithm, e.Need)
	}
	return fmt.Sprintf("secret for %s has %d bytes: use at least %d random ones", e.Algorithm, e.Length, e.Need)
}

// CheckSecret returns a [*WeakSecretError] if the secret is too weak to sign with the
// algorithm, and another error if the algorithm is not an HMAC.
func CheckSecret(algorithm string, secret api.Secret) error {
	text := []byte(secret.Reveal())
	if err := checkHMAC(algorithm, text); err != nil {
		return err
	}
	if notorious(secret.Reveal()) || repetitive(text) {
		return &WeakSecretError{Algorithm: algorithm, Length: len(text), Need: hashSize(algorithm), Known: true}
	}
	return nil
}

// FromSecret returns the key of a configured HMAC secret. id may be "" if the secret
// needs no kid.
func FromSecret(id, algorithm string, secret api.Secret) (api.Key, error) {
	if err := CheckSecret(algorithm, secret); err != nil {
		return api.Key{}, err
	}
	return bind(id, algorithm, []byte(secret.Reveal()))
}

// checkOwn applies CheckSecret to an own key in any format. Sets that are only used to
// verify are not checked: their secrets belong to others.
func checkOwn(key api.Key) error {
	if secret, ok := key.Public.([]byte); ok {
		return CheckSecret(key.Algorithm, api.Secret(secret))
	}
	return nil
}

// VerifyOnly returns a key that verifies with a secret too weak to sign. An empty
// secret is rejected: with it, anyone could sign.
func VerifyOnly(id, algorithm string, secret api.Secret) (api.Key, error) {
	if family(algorithm) != "HS" {
		return api.Key{}, mismatch("a shared secret", algorithm)
	}
	if secret == "" {
		return api.Key{}, fmt.Errorf("secret for %s is empty", algorithm)
	}
	return api.Key{ID: id, Algorithm: algorithm, Public: []byte(secret.Reveal()), Weak: true}, nil
}

// notorious reports whether the text is a placeholder or sample from public
// documentation. Entries that are too short by themselves are listed to detect
// repetitions of them.
func notorious(text string) bool {
	plain := strings.ToLower(strings.TrimSpace(text))
	known := []string{
		"secret", "password", "changeme", "change-me", "supersecret", "your-top-secret-key", "your-top-secrect-key",
		"your-secret-key", "your-256-bit-secret", "your-384-bit-secret", "your-512-bit-secret",
		"put your unique phrase here", "unique_secret_key", "a-string-secret-at-least-256-bits-long",
		"a-valid-string-secret-that-is-at-least-384-bits-long",
		"a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
		"my-32-character-ultra-secure-and-ultra-long-secret", "qwertyuiopasdfghjklzxcvbnm123456",
		"this-is-a-very-long-secret-key-for-jwt", "thisisasecretkeythatisatleast32byteslong",
		"your-super-secret-jwt-token-with-at-least-32-characters-long",
	}
	return slices.ContainsFunc(known, func(k string) bool { return plain == k || madeOf(plain, k) })
}

// madeOf reports whether text consists of repetitions of unit.
func madeOf(text, unit string) bool {
	return strings.ReplaceAll(text, unit, "") == ""
}

// repetitive reports whether the text repeats a sequence of at most eight bytes or has
// fewer than eight distinct bytes.
func repetitive(text []byte) bool {
	for period := 1; period <= 8; period++ {
		if len(text) > period && bytes.Equal(text[period:], text[:len(text)-period]) {
			return true
		}
	}
	var seen [256]bool
	variety := 0
	for _, c := range text {
		if !seen[c] {
			seen[c] = true
			variety++
		}
	}
	return variety < 8
}
