package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Claim is one member of [Claims].
type Claim struct {
	Name  string
	Value any // string, bool, int64, float64, json.Number, nil, Claims or []any
}

// Claims is an ordered, immutable set of claims. With and Without return a changed copy.
// The order is that of the encoded token. The zero value is empty. It is safe for
// concurrent use.
type Claims struct {
	list []Claim
	set  *setMember // the last change, if changes are recorded; see Noting
}

// NewClaims returns claims in the given order. A repeated name keeps its first position and
// its last value.
func NewClaims(list ...Claim) Claims {
	var c Claims
	for _, m := range list {
		c = c.With(m.Name, m.Value)
	}
	return c
}

// ParsedClaims wraps members that are known to have distinct names, such as a parser's
// result. It takes ownership of list.
func ParsedClaims(list []Claim) Claims { return Claims{list: list} }

// Len returns the number of members.
func (c Claims) Len() int { return len(c.list) }

// All iterates over the members in order.
func (c Claims) All(yield func(name string, value any) bool) {
	for _, m := range c.list {
		if !yield(m.Name, m.Value) {
			return
		}
	}
}

// Get returns the value of the member with exactly this name.
func (c Claims) Get(name string) (any, bool) {
	if i := c.index(name); i >= 0 {
		return c.list[i].Value, true
	}
	return nil, false
}

// String returns the member's value if it is a string, else "".
func (c Claims) String(name string) string {
	v, _ := c.Get(name)
	s, _ := v.(string)
	return s
}

// Int returns the member's value if it is an integer.
func (c Claims) Int(name string) (int64, bool) {
	v, _ := c.Get(name)
	switch n := v.(type) {
	case int64:
		return n, true
	case int:
		return int64(n), true
	case json.Number:
		i, err := n.Int64()
		return i, err == nil
	}
	return 0, false
}

// Object returns the member's value if it is an object.
func (c Claims) Object(name string) (Claims, bool) {
	v, _ := c.Get(name)
	o, ok := v.(Claims)
	return o, ok
}

// With returns a copy in which name has the value. An existing member keeps its position; a
// new one is appended.
func (c Claims) With(name string, value any) Claims {
	list := slices.Clone(c.list)
	if i := c.index(name); i >= 0 {
		list[i].Value = value
	} else {
		list = append(list, Claim{name, value})
	}
	return c.noting(list, name)
}

// Without returns a copy without the named members.
func (c Claims) Without(names ...string) Claims {
	list := slices.DeleteFunc(slices.Clone(c.list), func(m Claim) bool { return slices.Contains(names, m.Name) })
	return c.noting(list, names...)
}

func (c Claims) index(name string) int {
	return slices.IndexFunc(c.list, func(m Claim) bool { return m.Name == name })
}

// MarshalJSON encodes the members in order, without HTML escaping.
func (c Claims) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range c.list {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encode(&b, m.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encode(&b, m.Value); err != nil {
			return nil, fmt.Errorf("encode claim %q: %w", m.Name, err)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func encode(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // Encode appends a newline
	return nil
}
