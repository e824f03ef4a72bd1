package keys

import (
	"slices"

	"github.com/cardea-auth/cardea/core/api"
)

// maxWithoutKid bounds the keys that are tried for a token without a kid.
const maxWithoutKid = 8

// snapshot is an immutable set of keys with precomputed lookups.
type snapshot struct {
	entries     []entry
	active      api.Key
	signing     []api.Key // the active keys, one per algorithm, the default first
	byID        map[string][]api.Key
	byAlgorithm map[string][]api.Key // newest first
	jwks        []byte
	generation  uint64
	replaced    chan struct{} // closed when another snapshot replaces this one
}

func newSnapshot(list []entry, generation uint64) (*snapshot, error) {
	s := &snapshot{
		entries: list, generation: generation, replaced: make(chan struct{}),
		byID: map[string][]api.Key{}, byAlgorithm: map[string][]api.Key{},
	}
	var public []api.Key
	for _, e := range slices.Backward(list) {
		s.byID[e.key.ID] = append(s.byID[e.key.ID], e.key)
		if same := s.byAlgorithm[e.key.Algorithm]; len(same) < maxWithoutKid {
			s.byAlgorithm[e.key.Algorithm] = append(same, e.key)
		}
		if e.state == Active {
			s.active, s.signing = e.key, append([]api.Key{e.key}, s.signing...)
		}
		if !isSymmetric(e.key) {
			public = append(public, e.key)
		}
	}
	var err error
	s.jwks, err = ExportSet(public)
	return s, err
}

// besides adds keys that only verify, after the ring's own; they are not published.
func (s *snapshot) besides(list []api.Key) *snapshot {
	for _, key := range list {
		s.byID[key.ID] = append(s.byID[key.ID], key)
		s.byAlgorithm[key.Algorithm] = append(s.byAlgorithm[key.Algorithm], key)
	}
	return s
}
