package token

import (
	"encoding/base64"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// Option is an option of [Sign].
type Option func(*writer)

// EscapeSlashes encodes every "/" in strings as "\/", as some JSON encoders do.
func EscapeSlashes() Option { return func(w *writer) { w.escapeSlashes = true } }

// Sign returns the compact JWS of claims. head are the header members in order. alg is set
// to the key's, at the position of a member named "alg" if there is one (its value is
// ignored), else first. Nothing else is added. It fails if the key cannot or must not sign,
// if a value cannot be encoded as JSON, or if [Parse] would not accept the result.
func Sign(head []api.Claim, claims api.Claims, key api.Key, opts ...Option) (string, error) {
	a, err := signing(key)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	var w writer
	for _, set := range opts {
		set(&w)
	}
	signed, err := w.signingInput(withAlgorithm(head, key.Algorithm), claims)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	signature, err := a.method.Sign(signed, key.Private)
	if err != nil {
		return "", fmt.Errorf("sign token with %s: %w", key, err)
	}
	text := signed + "." + base64.RawURLEncoding.EncodeToString(signature)
	if len(text) > MaxSize {
		return "", fmt.Errorf("sign token: claims are too large: the token has %d bytes, must be at most %d", len(text), MaxSize)
	}
	return text, nil
}

// Size returns the length in bytes of claims as JSON, before slashes are escaped. It
// returns an error for claims that cannot be in a token.
func Size(claims api.Claims) (int, error) {
	var w writer
	text, err := w.object(make([]byte, 0, 512), claims)
	return len(text), err
}

// signing returns the key's algorithm, or an error if the key may not sign.
func signing(key api.Key) (algorithm, error) {
	a, ok := algorithmOf(key.Algorithm)
	if !ok {
		return a, fmt.Errorf("algorithm %q is not offered", key.Algorithm)
	}
	if !key.CanSign() || key.Weak {
		return a, fmt.Errorf("%s is for verifying only", key)
	}
	return a, a.admits(key)
}

func withAlgorithm(head []api.Claim, alg string) api.Claims {
	members := api.NewClaims(head...)
	if _, there := members.Get("alg"); there {
		return members.With("alg", alg)
	}
	return api.NewClaims(append([]api.Claim{{Name: "alg", Value: alg}}, head...)...)
}
