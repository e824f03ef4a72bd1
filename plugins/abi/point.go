package abi

import "strings"

// Type is the type of a key's value.
type Type uint8

// The types. Values that are not strings pass through get and set as JSON text; get_i64
// and set_i64 pass integers directly.
const (
	Text Type = iota
	Int
	Bool
	JSON // a list or an object
	Any  // any of them: set sets a string, set_i64 an integer, set_json the others
)

// String returns the type's name as used in the documentation.
func (t Type) String() string {
	return [...]string{"text", "int", "bool", "json", "any"}[t]
}

// Key is a field of a point's event. A name that ends in "*" is a family: it matches all
// keys with that prefix.
type Key struct {
	Name  string
	Type  Type
	Write bool
	// Wants is the right that lifts the limit on changes. Without it a guest can only
	// lower a number, turn true into false, or remove list members.
	Wants string
	// Named marks a family whose members a guest may write only if each is granted by its
	// full name: what a hook sets there is protected from clients.
	Named bool
}

// Matches reports whether name is the key or a member of its family.
func (k Key) Matches(name string) bool {
	if prefix, ok := strings.CutSuffix(k.Name, "*"); ok {
		return len(name) > len(prefix) && strings.HasPrefix(name, prefix)
	}
	return k.Name == name
}

// Overlaps reports whether a pattern of a grant (a key, or a prefix followed by "*")
// matches the key or members of its family.
func (k Key) Overlaps(pattern string) bool {
	prefix, many := strings.CutSuffix(pattern, "*")
	family, isFamily := strings.CutSuffix(k.Name, "*")
	switch {
	case !many:
		return k.Matches(pattern)
	case isFamily && strings.HasPrefix(prefix, family):
		return true
	}
	return strings.HasPrefix(k.Name, prefix)
}

// Point is a hook point as a guest sees it.
type Point struct {
	Name string
	// Filter marks a point that may change or refuse. The others are events: they are
	// called afterwards, and every key is read-only.
	Filter bool
	// Enrich marks a filter that adds and does not decide: there a failing guest is
	// skipped unless the binding says otherwise.
	Enrich bool
	Keys   []Key
}

// Key returns the entry for a key; false if the point has no such key.
func (p Point) Key(name string) (Key, bool) {
	for _, k := range p.Keys {
		if k.Matches(name) {
			return k, true
		}
	}
	return Key{}, false
}

// PointsAnd returns the catalogue, and behind it the points that a host has of its own.
func PointsAnd(own ...Point) []Point { return append(Points(), own...) }

// Lookup returns the point of that name, also out of those that a host has of its own.
func Lookup(name string, own ...Point) (Point, bool) {
	for _, p := range PointsAnd(own...) {
		if p.Name == name {
			return p, true
		}
	}
	return Point{}, false
}
