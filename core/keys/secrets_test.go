package keys_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// samples are secrets from documentation: of jwt.io, of WordPress and of the JWT plugins,
// of Supabase, Spring and others.
const samples = `secret
password
changeme
change-me
supersecret
your-top-secret-key
your-top-secrect-key
your-secret-key
your-256-bit-secret
your-384-bit-secret
your-512-bit-secret
put your unique phrase here
unique_secret_key
a-string-secret-at-least-256-bits-long
a-valid-string-secret-that-is-at-least-384-bits-long
a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long
my-32-character-ultra-secure-and-ultra-long-secret
qwertyuiopasdfghjklzxcvbnm123456
this-is-a-very-long-secret-key-for-jwt
thisisasecretkeythatisatleast32byteslong
your-super-secret-jwt-token-with-at-least-32-characters-long`

// TestCheckSecret_samples: no sample is accepted, whether plain, decorated or repeated.
func TestCheckSecret_samples(t *testing.T) {
	for sample := range strings.Lines(samples) {
		sample = strings.TrimSpace(sample)
		for _, secret := range []string{
			sample, strings.ToUpper(sample), " " + sample + "\n", strings.Repeat(sample, 9), strings.Repeat(" "+sample+" ", 1) + strings.Repeat(" ", 40),
		} {
			var weak *keys.WeakSecretError
			if err := keys.CheckSecret("HS256", api.Secret(secret)); !errors.As(err, &weak) || weak.Known != (len(secret) >= 32) {
				t.Errorf("CheckSecret(%q): got %v, want a weak secret that is known: %v", secret, err, len(secret) >= 32)
			}
		}
		if other := sample + "k7Qw9zR2mV5xB8nC1pL4sD6fG0hJ3tY-"; keys.CheckSecret("HS256", api.Secret(other)) != nil {
			t.Errorf("%q begins with a sample and is good", other)
		}
	}
}

// TestCheckSecret_repetitive: secrets that repeat few bytes, or contain few, are refused.
func TestCheckSecret_repetitive(t *testing.T) {
	for secret, known := range map[string]bool{
		strings.Repeat("a", 32):                                true,
		strings.Repeat("abcdefgh", 4):                          true,
		strings.Repeat("abcdefgh", 4) + "abc":                  true,
		strings.Repeat("abcdefghi", 4):                         false,
		strings.Repeat("abcdefgh", 4) + "x":                    false,
		"aabbccddeeffggaaabbbcccdddeeefffgggabcdefgag":         true,  // seven
		"aabbccddeeffgghhaaabbbcccdddeeefffggghhhabcdefgh":     false, // eight
		strings.Repeat("\x00", 31) + "\x01":                    true,
		"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8abcdefghijklmnopqrst": false,
		strings.Repeat("ab", 16) + "cdefg":                     true,
		strings.Repeat("ab", 16) + "cdefgh":                    false,
	} {
		var weak *keys.WeakSecretError
		err := keys.CheckSecret("HS256", api.Secret(secret))
		if len(secret) < 32 {
			if !errors.As(err, &weak) || weak.Known {
				t.Errorf("%q: got %v, want a weak secret that is not a known one", secret, err)
			}
			continue
		}
		if got := errors.As(err, &weak); got != known {
			t.Errorf("%q: got %v, want known: %v", secret, err, known)
		}
	}
}

// TestSecrets_lengths tests for each algorithm the shortest secret, and one byte less.
func TestSecrets_lengths(t *testing.T) {
	const text = "k7Qw9zR2mV5xB8nC1pL4sD6fG0hJ3tY-0123456789abcdefghijklmnopqrstuvw"
	for algorithm, need := range map[string]int{"HS256": 32, "HS384": 48, "HS512": 64} {
		key, err := keys.FromSecret("k", algorithm, api.Secret(text[:need]))
		if err != nil || key.ID != "k" || key.Algorithm != algorithm || !key.CanSign() || key.Weak {
			t.Errorf("%s: got %v, %v; want key k that can sign", algorithm, key, err)
		}
		var weak *keys.WeakSecretError
		_, err = keys.FromSecret("k", algorithm, api.Secret(text[:need-1]))
		if !errors.As(err, &weak) || weak.Need != need || weak.Length != need-1 || weak.Known || weak.Algorithm != algorithm {
			t.Errorf("%s: got %v, want a weak secret of %d bytes that needs %d", algorithm, err, need-1, need)
		}
		if key, err := keys.Generate(algorithm, nil); err != nil || len(key.Private.([]byte)) != need {
			t.Errorf("%s: made %v, %v", algorithm, key, err)
		}
	}
	for _, algorithm := range []string{"RS256", "EdDSA", "HS1", ""} {
		for name, err := range map[string]error{
			"CheckSecret": keys.CheckSecret(algorithm, text),
			"FromSecret":  second(keys.FromSecret("k", algorithm, text)),
			"VerifyOnly":  second(keys.VerifyOnly("k", algorithm, text)),
		} {
			if err == nil {
				t.Errorf("%s takes a secret for %q", name, algorithm)
			}
		}
	}
}
