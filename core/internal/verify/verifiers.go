package verify

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/token"
)

// verifiers caches verifiers for the ring's keys as long as the ring does not change:
// creating an HMAC state costs more than using it.
type verifiers struct {
	generation uint64
	ready      sync.Map // *token.Verifier by the address of the first key in the ring's list
}

// verifierFor returns the verifier for a token that may have token format l.
func (e *Verifier) verifierFor(ctx context.Context, l *compiled.TokenFormat, t *token.Token) (*token.Verifier, error) {
	h := t.Header()
	if l.Verifying != nil {
		keys, err := l.Verifying(ctx, h.KeyID, h.Algorithm)
		return token.NewVerifier(keys...), err
	}
	keys := e.Keys.Verifying(h.KeyID, h.Algorithm)
	if i := slices.IndexFunc(l.Keys, func(k api.Key) bool { return k.Weak }); i >= 0 {
		return token.NewVerifier(slices.Concat(l.Keys, endingAt(l.Keys[i].Until, keys))...), nil
	}
	if l.Verifier != nil {
		return l.Verifier, nil
	}
	if len(keys) == 0 {
		return token.NewVerifier(), nil
	}
	return e.readyVerifiers().of(keys), nil
}

// endingAt returns the keys, which verify until then; zero changes nothing.
func endingAt(until time.Time, keys []api.Key) []api.Key {
	if until.IsZero() {
		return keys
	}
	keys = slices.Clone(keys)
	for i := range keys {
		keys[i].Until = until
	}
	return keys
}

// readyVerifiers returns the cache, or a new one if the ring has changed. Of two concurrent
// new ones, one is lost.
func (e *Verifier) readyVerifiers() *verifiers {
	v, generation := e.verifiers.Load(), e.Keys.Generation()
	if v == nil || v.generation != generation {
		v = &verifiers{generation: generation}
		e.verifiers.Store(v)
	}
	return v
}

// of returns the verifier for a list of keys, identified by its address: the ring's lists
// are immutable, and not freed while they are referenced here.
func (v *verifiers) of(keys []api.Key) *token.Verifier {
	if ready, ok := v.ready.Load(&keys[0]); ok {
		return ready.(*token.Verifier)
	}
	ready, _ := v.ready.LoadOrStore(&keys[0], token.NewVerifier(keys...))
	return ready.(*token.Verifier)
}
