package route

import (
	"slices"
	"strings"
)

// contains reports whether r covers every request that o covers, so that o is an exception
// to r.
func contains(r, o *linted) bool {
	if r.rule.Host != "" && r.rule.Host != o.rule.Host || !containsMethods(r.rule, o.rule) {
		return false
	}
	for _, p := range o.patterns {
		if !slices.ContainsFunc(r.patterns, func(own []string) bool { return covers(own, p) }) {
			return false
		}
	}
	return true
}

func containsMethods(r, o *Rule) bool {
	if len(o.Methods) == 0 {
		return len(r.Methods) == 0
	}
	return !slices.ContainsFunc(o.Methods, func(m string) bool { return !r.takes(m) })
}

// takes reports whether the rule's methods include this one.
func (r *Rule) takes(method string) bool {
	return len(r.Methods) == 0 || slices.Contains(r.Methods, method) ||
		method == "HEAD" && slices.Contains(r.Methods, "GET")
}

// covers reports whether a pattern matches every path that another one matches.
func covers(p, q []string) bool {
	switch {
	case len(p) == 0:
		return len(q) == 0
	case p[0] == "**":
		return covers(p[1:], q) || len(q) > 0 && covers(p, q[1:])
	case len(q) == 0 || q[0] == "**":
		return false
	case p[0] == "*":
		return q[0] != "" && covers(p[1:], q[1:])
	}
	return p[0] == q[0] && covers(p[1:], q[1:])
}

// isApart reports whether no path can match both as its first segment.
func isApart(a, b string) bool {
	return a != b && a != "*" && a != "**" && b != "*" && b != "**"
}

// common returns a request that both rules cover.
func (l *linter) common(a, b *linted) (request, bool) {
	q := request{host: a.rule.Host}
	switch {
	case a.rule.Host == "":
		q.host = b.rule.Host
	case b.rule.Host != "" && b.rule.Host != a.rule.Host:
		return q, false
	}
	methods := slices.Concat(a.rule.Methods, b.rule.Methods, []string{"GET"})
	i := slices.IndexFunc(methods, func(m string) bool { return a.rule.takes(m) && b.rule.takes(m) })
	segments, ok := intersect(a.path(), b.path())
	if i < 0 || !ok {
		return q, false
	}
	q.method, q.path = methods[i], l.fill(segments)
	return q, !strings.Contains(q.path, "//")
}

// intersect returns a pattern whose paths both patterns match, using "**" only where both
// have it.
func intersect(a, b []string) ([]string, bool) {
	if len(a) == 0 && len(b) == 0 {
		return nil, true
	}
	if len(a) > 0 && a[0] == "**" {
		return intersectDeep(a, b)
	}
	if len(b) > 0 && b[0] == "**" {
		return intersectDeep(b, a)
	}
	if len(a) == 0 || len(b) == 0 {
		return nil, false
	}
	first, ok := a[0], a[0] == b[0]
	switch {
	case a[0] == "*" && b[0] != "":
		first, ok = b[0], true
	case b[0] == "*" && a[0] != "":
		ok = true
	}
	if !ok {
		return nil, false
	}
	rest, ok := intersect(a[1:], b[1:])
	return append([]string{first}, rest...), ok
}

// intersectDeep is intersect for a first pattern that begins with "**".
func intersectDeep(deep, other []string) ([]string, bool) {
	if out, ok := intersect(deep[1:], other); ok {
		return out, true
	}
	if len(other) == 0 {
		return nil, false
	}
	if other[0] == "**" {
		return intersect(deep, other[1:])
	}
	rest, ok := intersect(deep, other[1:])
	return append([]string{other[0]}, rest...), ok
}
