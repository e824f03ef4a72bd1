package token

import "github.com/cardea-auth/cardea/core/api"

// names are the members of an object read so far. Few are searched linearly, which is
// fastest; many with a map, so that a hostile token cannot make the search slow.
type names struct {
	list []api.Claim
	set  map[string]bool
}

const fewNames = 16

func (n *names) has(name string) bool {
	if n.set != nil {
		return n.set[name]
	}
	for i := range n.list {
		if n.list[i].Name == name {
			return true
		}
	}
	return false
}

func (n *names) add(c api.Claim) {
	n.list = append(n.list, c)
	if n.set != nil {
		n.set[c.Name] = true
		return
	}
	if len(n.list) == fewNames {
		n.set = make(map[string]bool, 2*fewNames)
		for i := range n.list {
			n.set[n.list[i].Name] = true
		}
	}
}
