package dialect

import (
	"cmp"
	"crypto"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// Keys returns the mount's own keys, the first of which signs; if there are none, the
// engine's keys are used. An unusable secret is an error, a [*keys.WeakSecretError] if
// it is too weak; the returned key then neither signs nor verifies, so that the mount
// does not fall back to other keys. With AllowWeakSecret a weak secret only verifies,
// and the engine's keys sign. A private key in PEM is never used as an HMAC secret. The
// second key is that of SecretPrevious, unless it is unusable: see [Common.PreviousKey].
func (c Common) Keys(mount string) ([]api.Key, error) {
	if c.Secret == "" {
		return nil, nil
	}
	key, err := c.current()
	if err != nil {
		return []api.Key{{Algorithm: key.Algorithm}}, fmt.Errorf("mount %s: %w", mount, err)
	}
	if previous, err := c.PreviousKey(mount); err == nil && previous.Public != nil {
		return []api.Key{key, previous}, nil
	}
	return []api.Key{key}, nil
}

// PreviousKey returns the key of SecretPrevious, which only verifies, and only until
// SecretPreviousUntil; the zero Key if there is none. An unusable secret is an error as in
// [Common.Keys].
func (c Common) PreviousKey(mount string) (api.Key, error) {
	if c.SecretPrevious == "" {
		return api.Key{}, nil
	}
	key, err := c.previous()
	if err == nil {
		err = c.checkPrevious()
	}
	if err != nil {
		return api.Key{}, fmt.Errorf("mount %s: %w", mount, err)
	}
	return key, nil
}

// current returns the key of Secret. On an error it has only an algorithm.
func (c Common) current() (api.Key, error) {
	key, err := c.parse(c.Secret, c.Algorithm)
	if err == nil && !key.CanSign() && !key.Weak {
		err = errors.New("the PEM holds a public key: tokens are signed with the private one")
	}
	if err != nil {
		return api.Key{Algorithm: key.Algorithm}, err
	}
	return key, nil
}

// previous returns the key of SecretPrevious. Algorithm applies to it if it is a key of the
// same kind as Secret.
func (c Common) previous() (api.Key, error) {
	algorithm := c.Algorithm
	if _, isPEM := pemIn(c.SecretPrevious); isPEM == strings.HasPrefix(algorithm, "HS") {
		algorithm = ""
	}
	key, err := c.parse(c.SecretPrevious, algorithm)
	key.Private, key.Until = nil, c.SecretPreviousUntil.Time
	return key, err
}

// parse returns the key in a setting: a shared secret, or a key or certificate in PEM. None
// has a key ID. On an error it has only an algorithm.
func (c Common) parse(text api.Secret, algorithm string) (key api.Key, err error) {
	if pem, ok := pemIn(text); ok {
		key, err = keys.ParsePEM("", algorithm, pem)
	} else {
		algorithm = cmp.Or(algorithm, "HS256")
		key, err = keys.FromSecret("", algorithm, text)
		if _, weak := errors.AsType[*keys.WeakSecretError](err); weak && c.AllowWeakSecret {
			key, err = keys.VerifyOnly("", algorithm, text)
		}
	}
	if err != nil {
		return api.Key{Algorithm: algorithm}, err
	}
	key.ID = ""
	return key, nil
}

// pemIn returns the PEM that a setting consists of; ok is false if it is a shared secret.
func pemIn(text api.Secret) (pem []byte, ok bool) {
	plain := strings.TrimSpace(text.Reveal())
	return []byte(plain), strings.HasPrefix(plain, "-----BEGIN ")
}

// checkPrevious returns an error if the settings of a replaced secret are incomplete.
func (c Common) checkPrevious() error {
	given, ends := c.SecretPrevious != "", !c.SecretPreviousUntil.IsZero()
	switch {
	case !given && !ends:
		return nil
	case !given:
		return api.IdleSetting("secret_previous_until", "without secret_previous: write it, or remove this", "secret_previous")
	case c.Secret == "":
		return api.IdleSetting("secret_previous", "without the secret that replaces it: write one, or remove it", "secret")
	case !ends:
		return api.BadSetting("secret_previous_until", "is missing: write until when tokens that secret_previous signed are accepted, such as 2027-01-31T18:00:00Z")
	case c.repeatsSecret():
		return api.BadSetting("secret_previous", "is the same as secret: write the one that was replaced, or remove it and secret_previous_until")
	}
	return nil
}

// repeatsSecret reports whether SecretPrevious is the key of Secret, or its public part.
func (c Common) repeatsSecret() bool {
	if c.SecretPrevious.Equal(c.Secret.Reveal()) {
		return true
	}
	is, err := c.current()
	was, unusable := c.previous()
	public, pair := is.Public.(interface{ Equal(crypto.PublicKey) bool })
	return err == nil && unusable == nil && pair && public.Equal(was.Public)
}
