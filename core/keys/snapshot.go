package keys

import (
	"slices"

	"github.com/cardea-auth/cardea/core/api"
)

// maxWithoutKid bounds the keys that are tried for a token that names none.
const maxWithoutKid = 8

// snapshot is a set of keys with what readers ask of it worked out. It is
// immutable.
type snapshot struct {
	entries     []entry
	active      api.Key
	signing     []api.Key // the active one first, each of another algorithm
	byID        map[string][]api.Key
	byAlgorithm map[string][]api.Key // newest first
	jwks        []byte
	generation  uint64
	replaced    chan struct{} // closed once another set is in force
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

// besides adds keys that only verify, after the ring's own; they are not
// published.
func (s *snapshot) besides(list []api.Key) *snapshot {
	for _, key := range list {
		s.byID[key.ID] = append(s.byID[key.ID], key)
		s.byAlgorithm[key.Algorithm] = append(s.byAlgorithm[key.Algorithm], key)
	}
	return s
}
