package token

import "github.com/cardea-auth/cardea/core/api"

// Verifier verifies with a fixed set of keys and keeps their HMAC states warm.
// It is immutable and safe for concurrent use.
type Verifier struct{ keys []api.Key }

// NewVerifier returns a verifier for the keys.
func NewVerifier(keys ...api.Key) *Verifier { return &Verifier{keys} }

// Verify is [Token.Verify] with the verifier's keys.
func (v *Verifier) Verify(t *Token) (api.Key, error) { return t.Verify(v.keys...) }
