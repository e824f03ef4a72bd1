package api

import "slices"

// setMember is an entry in the list of members that were set or removed, newest first.
type setMember struct {
	name   string
	before *setMember // nil for the sentinel at which recording started
}

// Noting returns a copy that records changes: [Claims.Set] on any copy derived from it by
// With and Without returns their names.
func (c Claims) Noting() Claims { return Claims{c.list, &setMember{}} }

// Set returns the names of the members that were set or removed since [Claims.Noting].
// known is false if c was not derived from a recording copy.
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

// Clone returns a deep copy whose lists and objects can be changed in place. It returns c
// itself if there are none.
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

// isShared reports whether copies of a value share memory that can be modified.
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
