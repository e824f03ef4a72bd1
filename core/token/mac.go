package token

import (
	"crypto"
	"crypto/hmac"
	"errors"
	"hash"
	"sync"
)

// mac computes HMACs with one key. Initializing a state costs two hash blocks and most of
// the allocations, so states are pooled.
type mac struct{ pool sync.Pool }

type macState struct {
	hash  hash.Hash
	chunk [512]byte
	sum   [64]byte
}

func newMAC(h crypto.Hash, secret []byte) *mac {
	return &mac{pool: sync.Pool{New: func() any { return &macState{hash: hmac.New(h.New, secret)} }}}
}

var errMAC = errors.New("HMAC differs")

func (m *mac) check(signed string, signature []byte) error {
	s := m.pool.Get().(*macState)
	defer m.pool.Put(s)
	if !hmac.Equal(s.compute(signed), signature) {
		return errMAC
	}
	return nil
}

// compute returns the HMAC of text, which is valid until the next use of the state.
func (s *macState) compute(text string) []byte {
	s.hash.Reset()
	for len(text) > 0 {
		n := copy(s.chunk[:], text)
		s.hash.Write(s.chunk[:n])
		text = text[n:]
	}
	return s.hash.Sum(s.sum[:0])
}
