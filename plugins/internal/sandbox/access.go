package sandbox

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// access is a point as one plugin may use it.
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
	capped      bool // it may go down, from true to false or lose members, and not the other way
	narrow      bool // it may not widen what the point's guard holds narrow
}

// accesses returns the points that have a hook, at their places in the catalogue.
func accesses(catalogue []abi.Point, points []string, r manifest.Rights) []*access {
	all := make([]*access, len(catalogue))
	for n, name := range points {
		at := place(catalogue, name)
		all[at] = &access{index: n, point: catalogue[at], export: abi.Export(name), rights: r}
	}
	return all
}

// place is where a point stands in the catalogue; -1 if it does not.
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

// mayStop reports whether a stop keeps later hooks from running. Where hooks decide it
// never does: one without any grant could switch off the checks behind it. Where they
// enrich it takes the right to write something.
func (a *access) mayStop() bool {
	return a.point.Enrich && len(a.rights.Asked.Write) > 0 && len(a.rights.Given.Write) > 0
}

// maxRules bounds the keys that an instance remembers for a point.
const maxRules = 256

// ruleCache is what an instance has looked up for a point: guests name the same few
// keys again and again, mostly by texts that stay in the same place.
type ruleCache struct {
	recent [8]*rule // by place
	rules  map[string]*rule
}

// rule looks a key up, by the bytes that the guest named it with and where they
// are; false if it is no key. What was named before costs no allocation.
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
