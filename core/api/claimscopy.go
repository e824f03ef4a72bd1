package api

import "slices"

// setMember is the name of a member that was set or removed, and of those before it.
type setMember struct {
	name   string
	before *setMember // nil: it is where noting began, and names nothing
}

// Noting returns a copy of which can be told what was made of it: the copies that With and
// Without make of it remember the names that those were called with.
func (c Claims) Noting() Claims { return Claims{c.list, &setMember{}} }

// Set returns the names of the members that were set or removed since [Claims.Noting];
// false if these claims were made in another way.
func (c Claims) Set() (names []string, known bool) {
	if c.set == nil {
		return nil, false
	}
	for m := c.set; m.before != nil; m = m.before {
		names = append(names, m.name)
	}
	return names, true
}

func (c Claims) noting(list []Claim, names ...string) Claims {
	set := c.set
	if set != nil {
		for _, name := range names {
			set = &setMember{name, set}
		}
	}
	return Claims{list, set}
}

// Clone returns a copy whose lists and objects are its own, so that they can be changed in
// place. It is c itself where there are none.
func (c Claims) Clone() Claims {
	if !slices.ContainsFunc(c.list, func(m Claim) bool { return isShared(m.Value) }) {
		return c
	}
	list := make([]Claim, len(c.list))
	for i, m := range c.list {
		list[i] = Claim{m.Name, cloneValue(m.Value)}
	}
	return Claims{list, c.set}
}

// isShared reports whether copies of a value share memory that can be written.
func isShared(v any) bool {
	switch v.(type) {
	case []any, []string, map[string]any, Claims:
		return true
	}
	return false
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case []any:
		if v == nil {
			return v
		}
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = cloneValue(x)
		}
		return out
	case []string:
		return slices.Clone(v)
	case map[string]any:
		if v == nil {
			return v
		}
		out := make(map[string]any, len(v))
		for name, x := range v {
			out[name] = cloneValue(x)
		}
		return out
	case Claims:
		return v.Clone()
	}
	return v
}
