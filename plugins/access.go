package plugins

import (
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// access is a point as one plugin may use it.
type access struct {
	index  int // among the plugin's points
	point  abi.Point
	export string
	rights rights
}

// rule is what a plugin may do with one key of a point.
type rule struct {
	key         string
	typ         abi.Type
	known       bool // whether the point has such a key
	read, write bool
	capped      bool // it may go down, or from true to false, and not the other way
}

func accesses(points []string, r rights) map[string]*access {
	all := map[string]*access{}
	for n, name := range points {
		point, _ := abi.Lookup(name)
		all[name] = &access{index: n, point: point, export: abi.Export(name), rights: r}
	}
	return all
}

func (a *access) rule(key string) rule {
	k, ok := a.point.Key(key)
	if !ok {
		return rule{key: key}
	}
	return rule{
		key: key, typ: k.Type, known: true,
		read:   a.rights.read(key),
		write:  k.Write && a.rights.write(key),
		capped: k.Wants != "" && !a.rights.allow(k.Wants),
	}
}

// maxRules bounds the keys that an instance remembers for a point.
const maxRules = 256

// rule looks a key up, by the bytes that the guest named it with. What it has
// named before costs one map access and no allocation.
func (g *guest) rule(key []byte) (rule, bool) {
	known := g.keys[g.access.index]
	if r, ok := known[string(key)]; ok {
		return r, true
	}
	if !validKey(key) {
		return rule{}, false
	}
	r := g.access.rule(string(key))
	if known == nil {
		known = map[string]rule{}
		g.keys[g.access.index] = known
	}
	if len(known) < maxRules {
		known[r.key] = r
	}
	return r, true
}

func validKey(key []byte) bool {
	if len(key) == 0 || len(key) > abi.MaxKey || !utf8.Valid(key) {
		return false
	}
	for _, c := range string(key) {
		if unicode.IsControl(c) {
			return false
		}
	}
	return true
}
