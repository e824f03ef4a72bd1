package token

import (
	"crypto"
	"crypto/hmac"
	"errors"
	"hash"
	"sync"
)

// mac computes HMACs with one key. Setting a state up costs two hash blocks and
// most of the allocations, so states are kept and reset.
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

// compute returns the HMAC of text; it is valid until the state's next use.
func (s *macState) compute(text string) []byte {
	s.hash.Reset()
	for len(text) > 0 {
		n := copy(s.chunk[:], text)
		s.hash.Write(s.chunk[:n])
		text = text[n:]
	}
	return s.hash.Sum(s.sum[:0])
}
