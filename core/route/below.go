package route

import (
	"cmp"
	"slices"
	"strings"
)

// noWord is a segment that matches no literal, since no path contains it.
const noWord = "\x00"

// StricterBelow reports whether the table is stricter than r somewhere below a canonical
// path: there is a path whose rule for the method forbids r, or that has no rule. It tries a
// few paths for each rule that overlaps with the paths below, in a time that grows with the
// number of rules and the length of the path.
func (t *Table) StricterBelow(host, method, path string, r *Rule) bool {
	if t == nil {
		return true
	}
	path = strings.TrimRight(path, "/")
	stricter := func(below ...string) bool {
		rule, _ := t.Match(host, method, cmp.Or(strings.Join(append([]string{path}, below...), "/"), "/"))
		return rule.Forbids(r)
	}
	var at []string
	if path != "" {
		at = strings.Split(path[1:], "/")
	}
	return stricter(noWord) || slices.ContainsFunc(t.patterns, func(p *pattern) bool {
		if p.rule.Host != "" && p.rule.Host != host || !p.rule.takes(method) {
			return false
		}
		near := p.after(at)
		for i := range near {
			if near[i] && (stricter(shortest(p.segments[i:])...) || stricter(example(p.segments[i:])...)) {
				return true
			}
		}
		far := p.step(near, noWord)
		for i := range far {
			if far[i] && stricter(append([]string{noWord}, shortest(p.segments[i:])...)...) {
				return true
			}
		}
		return false
	})
}

// after returns the places in the pattern, as flags, at which it can go on after these
// segments.
func (p *pattern) after(segments []string) []bool {
	places := make([]bool, len(p.segments)+1)
	p.reach(places, 0)
	for _, s := range segments {
		if places = p.step(places, s); !slices.Contains(places, true) {
			return nil
		}
	}
	return places
}

// step returns the places after one more segment.
func (p *pattern) step(places []bool, segment string) []bool {
	next := make([]bool, len(p.segments)+1)
	for i, s := range p.segments {
		switch {
		case i >= len(places) || !places[i]:
		case s == "**":
			p.reach(next, i)
		case s == segment, s == "*" && segment != "":
			p.reach(next, i+1)
		}
	}
	return next
}

// reach adds a place, and those behind "**" there, which can stand for nothing.
func (p *pattern) reach(places []bool, i int) {
	places[i] = true
	for ; i < len(p.segments) && p.segments[i] == "**"; i++ {
		places[i+1] = true
	}
}

// example returns segments that these patterns match.
func example(patterns []string) []string {
	out := slices.Clone(patterns)
	for i, s := range out {
		if s == "*" || s == "**" {
			out[i] = noWord
		}
	}
	return out
}

// shortest is example with nothing for "**".
func shortest(patterns []string) []string {
	return example(slices.DeleteFunc(slices.Clone(patterns), func(s string) bool { return s == "**" }))
}

// NamesDAV reports whether a rule at a path names a WebDAV method (RFC 4918).
func (t *Table) NamesDAV(host, path string) bool {
	if t == nil {
		return false
	}
	return slices.ContainsFunc(t.methods, func(method string) bool {
		switch method {
		case "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK":
			rule, _ := t.Match(host, method, path)
			return rule != nil && slices.Contains(rule.Methods, method)
		}
		return false
	})
}
