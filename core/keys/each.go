package keys

import (
	"errors"

	"github.com/cardea-auth/cardea/core/api"
)

// each applies a step to the keys of every further algorithm by themselves, and to
// all others together, which come first. A step that finds nothing to do with any of
// them is [api.ErrNotFound].
func each(l life, list []entry, also []string, do step) ([]entry, error) {
	var out []entry
	found := false
	for _, part := range parts(list, l.algorithm, also) {
		l.algorithm = part.algorithm
		after, err := do(l, part.list)
		switch {
		case errors.Is(err, api.ErrNotFound):
			after = part.list
		case err != nil:
			return nil, err
		default:
			found = true
		}
		out = append(out, after...)
	}
	if !found {
		return nil, api.ErrNotFound
	}
	return out, nil
}

// part is keys with a life of their own.
type part struct {
	algorithm string // of new ones; "" is the active one's
	list      []entry
}

func parts(list []entry, first string, also []string) []part {
	all := []part{{algorithm: first}}
	place := map[string]int{}
	for _, name := range also {
		place[name] = len(all)
		all = append(all, part{algorithm: name})
	}
	for _, e := range list {
		p := &all[place[e.key.Algorithm]] // 0 for those of no further algorithm
		p.list = append(p.list, e)
	}
	return all
}

func sameAlgorithm(name string) func(entry) bool {
	return func(e entry) bool { return e.key.Algorithm == name }
}
