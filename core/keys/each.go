package keys

import (
	"errors"

	"github.com/cardea-auth/cardea/core/api"
)

// each applies a step separately to the keys of every further algorithm, and to all
// other keys together, which come first. If the step returns [api.ErrNotFound] for all
// of them, so does each.
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

// part is a group of keys that rotate independently of others.
type part struct {
	algorithm string // of new keys; "" is the active key's
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
		p := &all[place[e.key.Algorithm]] // 0 for keys of no further algorithm
		p.list = append(p.list, e)
	}
	return all
}

func sameAlgorithm(name string) func(entry) bool {
	return func(e entry) bool { return e.key.Algorithm == name }
}
