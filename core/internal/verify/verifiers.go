package verify

import (
	"context"
	"slices"
	"sync"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/token"
)

// verifiers keeps the ring's keys ready to verify with, for as long as the ring
// does not change: making an HMAC state costs more than using it.
type verifiers struct {
	generation uint64
	ready      sync.Map // *token.Verifier by the first *api.Key of the ring's list
}

// verifierFor returns what verifies a token that may be of layout l.
func (e *Verifier) verifierFor(ctx context.Context, l *compiled.Layout, t *token.Token) (*token.Verifier, error) {
	h := t.Header()
	if l.Verifying != nil {
		keys, err := l.Verifying(ctx, h.KeyID, h.Algorithm)
		return token.NewVerifier(keys...), err
	}
	keys := e.Keys.Verifying(h.KeyID, h.Algorithm)
	if len(l.Keys) > 0 && l.Keys[0].Weak {
		return token.NewVerifier(slices.Concat(l.Keys, keys)...), nil
	}
	if l.Verifier != nil {
		return l.Verifier, nil
	}
	if len(keys) == 0 {
		return token.NewVerifier(), nil
	}
	return e.readyVerifiers().of(keys), nil
}

// readyVerifiers begins anew when the ring has changed. Two that begin at once
// lose some work, nothing else.
func (e *Verifier) readyVerifiers() *verifiers {
	v, generation := e.verifiers.Load(), e.Keys.Generation()
	if v == nil || v.generation != generation {
		v = &verifiers{generation: generation}
		e.verifiers.Store(v)
	}
	return v
}

// of goes by the place of the list in memory: the ring's lists never change, and
// are not given up while they are known here.
func (v *verifiers) of(keys []api.Key) *token.Verifier {
	if ready, ok := v.ready.Load(&keys[0]); ok {
		return ready.(*token.Verifier)
	}
	ready, _ := v.ready.LoadOrStore(&keys[0], token.NewVerifier(keys...))
	return ready.(*token.Verifier)
}
