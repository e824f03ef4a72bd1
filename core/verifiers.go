package core

import (
	"sync"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// verifiers keeps the ring's keys ready to verify with, for as long as the ring
// does not change: making an HMAC state costs more than using it.
type verifiers struct {
	generation uint64
	ready      sync.Map // *token.Verifier by the first *api.Key of the ring's list
}

// verifierFor returns what verifies a token that may be of layout l.
func (e *Engine) verifierFor(l *Layout, t *token.Token) *token.Verifier {
	if l.verifier != nil {
		return l.verifier
	}
	keys := e.keys.Verifying(t.Header().KeyID, t.Header().Algorithm)
	if len(keys) == 0 {
		return token.NewVerifier()
	}
	return e.readyVerifiers().of(keys)
}

// readyVerifiers begins anew when the ring has changed. Two that begin at once
// lose some work, nothing else.
func (e *Engine) readyVerifiers() *verifiers {
	v, generation := e.verifiers.Load(), e.keys.Generation()
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
