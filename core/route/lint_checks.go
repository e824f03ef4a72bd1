package route

import (
	"fmt"
	"slices"
	"strings"
)

// paths looks for paths that seem to belong to r: with a trailing slash added or removed,
// above a wildcard, and below.
func (l *linter) paths(r *linted) []string {
	own := r.path()
	last := own[len(own)-1]
	if last == "**" {
		return nil
	}
	q, base := l.example(r), l.fill(own)
	var slips []string
	try := func(path string, meant func(*linted) bool) {
		q.path = path
		if g := l.slip(r, q); g != nil && !meant(g) {
			slips = append(slips, decidedBy(q, g))
		}
	}
	is := func(path string) func(*linted) bool {
		return func(g *linted) bool { return "/"+strings.Join(g.path(), "/") == path }
	}
	if other, ok := otherSlash(own); ok {
		try(l.fill(other), is("/"+strings.Join(other, "/")))
	}
	if above := strings.TrimSuffix(base, "/"+l.word); last == "*" && above != "" {
		try(above, is(above))
		try(above+"/", is(above+"/"))
	}
	slash := len(slips) > 0 && last != "*"
	try(strings.TrimSuffix(base, "/")+"/"+l.word, func(g *linted) bool { return isBelow(own, g.path()) })
	if len(slips) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("covers %s alone: %s. %s", r.rule.Path, strings.Join(slips, "; "), pathCure(r, slash))}
}

// isBelow reports whether the pattern continues where own ends.
func isBelow(own, pattern []string) bool {
	own = trimEmpty(own)
	return len(pattern) > len(own) && slices.Equal(pattern[:len(own)], own)
}

func trimEmpty(segments []string) []string {
	if last := len(segments) - 1; segments[last] == "" {
		return segments[:last]
	}
	return segments
}

func pathCure(r *linted, slash bool) string {
	cure := "Make the other rule ask for as much"
	if !slices.Contains(r.path(), "**") {
		cure = "Write " + strings.TrimSuffix(strings.TrimSuffix(r.rule.Path, "/"), "/*") + "/** if all of it is meant"
	}
	if slash {
		cure += ", or trailing_slash: same for the slash alone"
	}
	return cure
}

// methods looks for methods that a rule with a list of methods leaves to other rules. A
// rule for writing may leave reading to others.
func (l *linter) methods(r *linted) []string {
	own := r.rule.Methods
	if len(own) == 0 {
		return nil
	}
	candidates := []string{"POST", "PUT", "PATCH", "DELETE", strings.ToLower(own[0])}
	if slices.ContainsFunc(own, isSafe) {
		candidates = append([]string{"GET", "HEAD"}, candidates...)
	}
	q := l.example(r)
	for _, q.method = range candidates {
		if slices.Contains(own, q.method) {
			continue
		}
		g := l.slip(r, q)
		named := g != nil && slices.Contains(g.rule.Methods, q.method) && slices.Equal(g.path(), r.path())
		if g == nil || named && q.method != "HEAD" {
			continue
		}
		return []string{fmt.Sprintf("is for %s alone: %s. Leave its methods out, or write a rule for the others",
			strings.Join(own, ", "), decidedBy(q, g))}
	}
	return nil
}

func isSafe(method string) bool { return method == "GET" || method == "HEAD" || method == "OPTIONS" }

// overlaps looks for requests that r covers but a more specific rule decides that is not an
// exception to r, since it covers other requests as well.
func (l *linter) overlaps(r *linted) []string {
	var out []string
	seen := map[*linted]bool{}
	for _, other := range l.rules {
		if !r.rule.StricterThan(other.rule) || isApart(r.path()[0], other.path()[0]) || contains(r, other) {
			continue
		}
		q, ok := l.common(r, other)
		if !ok {
			continue
		}
		g := l.slip(r, q)
		if g == nil || seen[g] || contains(r, g) {
			continue
		}
		seen[g] = true
		cure := fmt.Sprintf("Write a rule for this path that asks for as much as rule %q", r.rule.Name)
		if r.rule.Host == "" && g.rule.Host != "" {
			cure = fmt.Sprintf("Rules with a host come first: write rule %q for host %s too", r.rule.Name, g.rule.Host)
		}
		out = append(out, fmt.Sprintf("covers more than it decides: %s. %s", decidedBy(q, g), cure))
	}
	return out
}

// hosts looks for requests to the same upstream with a host that no rule has.
func (l *linter) hosts(r *linted) []string {
	if r.rule.Host == "" {
		return nil
	}
	q := l.example(r)
	q.host = l.host
	g := l.slip(r, q)
	if g == nil || g.rule.Upstream != r.rule.Upstream {
		return nil
	}
	return []string{fmt.Sprintf("is for host %s alone: %s. Leave its host out, or give rule %q one", r.rule.Host, decidedBy(q, g), g.rule.Name)}
}
