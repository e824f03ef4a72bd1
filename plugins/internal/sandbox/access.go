package sandbox

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// access is a point with the rights of one plugin.
type access struct {
	index  int // among the plugin's points
	point  abi.Point
	export string
	rights manifest.Rights
}

// rule is what a plugin may do with one key of a point.
type rule struct {
	key         string
	typ         abi.Type
	known       bool // whether the point has such a key
	read, write bool
	capped      bool // it may only lower a number, turn true into false or remove list members
	narrow      bool // it may not widen what the point limits
}

// accesses returns an entry for each point with a hook, at the point's index in the
// catalogue.
func accesses(catalogue []abi.Point, points []string, r manifest.Rights) []*access {
	all := make([]*access, len(catalogue))
	for n, name := range points {
		at := place(catalogue, name)
		all[at] = &access{index: n, point: catalogue[at], export: abi.Export(name), rights: r}
	}
	return all
}

// place returns the index of a point in the catalogue; -1 if it is absent.
func place(catalogue []abi.Point, name string) int {
	return slices.IndexFunc(catalogue, func(p abi.Point) bool { return p.Name == name })
}

func (a *access) rule(key string) *rule {
	k, ok := a.point.Key(key)
	if !ok {
		return &rule{key: key}
	}
	return &rule{
		key: key, typ: k.Type, known: true,
		read:   a.rights.Read(key),
		write:  k.Write && a.writes(k, key),
		capped: k.Wants != "" && !a.rights.Allow(k.Wants),
		narrow: !a.rights.Allow(abi.AllowRoles),
	}
}

func (a *access) writes(k abi.Key, key string) bool {
	if k.Named {
		return a.rights.WriteNamed(key)
	}
	return a.rights.Write(key)
}

// mayStop reports whether a stop skips later hooks. At points that decide it never does:
// a plugin without grants could switch off the checks that follow. At points that enrich
// it requires the right to write something.
func (a *access) mayStop() bool {
	return a.point.Enrich && len(a.rights.Asked.Write) > 0 && len(a.rights.Given.Write) > 0
}

// maxRules bounds the keys that an instance caches per point.
const maxRules = 256

// ruleCache caches lookups of one instance for a point: guests use the same few keys
// repeatedly, mostly from strings at the same address.
type ruleCache struct {
	recent [8]*rule // by address and length
	rules  map[string]*rule
}

// rule looks up a key by its bytes and its address in guest memory; false if the key is
// invalid. A cached lookup does not allocate.
func (c *ruleCache) rule(a *access, key []byte, at uint32) (*rule, bool) {
	recent := &c.recent[(at+uint32(len(key)))%uint32(len(c.recent))]
	if r := *recent; r != nil && r.key == string(key) {
		return r, true
	}
	r, ok := c.rules[string(key)]
	if !ok {
		if !validKey(key) {
			return nil, false
		}
		r = a.rule(string(key))
		c.keep(r)
	}
	*recent = r
	return r, true
}

func (c *ruleCache) keep(r *rule) {
	if c.rules == nil {
		c.rules = map[string]*rule{}
	}
	if len(c.rules) < maxRules {
		c.rules[r.key] = r
	}
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
