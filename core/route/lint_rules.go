package route

import (
	"fmt"
	"slices"
	"strings"
)

// public looks for rules that make more public than they seem to.
func (l *linter) public(r *linted) []string {
	if r.rule.Access != Public {
		return nil
	}
	q, writing := l.example(r), len(r.rule.Methods) == 0
	switch {
	case coversAll(r.rule.Path):
		return []string{fmt.Sprintf("makes everything public that no other rule covers, such as %s%s. Name a path, or make it required and add a rule for what is public", q, l.otherCase(r))}
	case writing:
		q.method = "POST"
		return append([]string{fmt.Sprintf("makes %s public for writing too, such as %s. List the methods, such as GET", r.rule.Path, q)}, l.lettersOf(r)...)
	}
	return l.lettersOf(r)
}

func coversAll(path string) bool { return strings.Trim(path, "/*") == "" && path != "/" }

func (l *linter) otherCase(public *linted) string {
	x, ok := l.letters[public]
	if !ok {
		return ""
	}
	return fmt.Sprintf(" and, as case counts, %s beside rule %q", x.request, x.beside.rule.Name)
}

func (l *linter) lettersOf(public *linted) []string {
	x, ok := l.letters[public]
	if !ok {
		return nil
	}
	return []string{fmt.Sprintf("is public beside rule %q, and case counts: %s. If your application ignores case, make it required", x.beside.rule.Name, decidedBy(x.request, public))}
}

// inLetters is a request for the path of a required rule in another case.
type inLetters struct {
	beside  *linted
	request request
}

// findLetters sets, for each public rule, the first request that it decides and that
// differs from a required rule's path only in case.
func (l *linter) findLetters() {
	for _, r := range l.rules {
		if !r.rule.isRequired() {
			continue
		}
		for i, segment := range r.path() {
			changed := swapCase(segment)
			if changed == segment {
				continue
			}
			q, own := l.example(r), slices.Clone(r.path())
			own[i] = changed
			q.path = l.fill(own)
			public := l.slip(r, q)
			if _, known := l.letters[public]; public != nil && !known {
				l.letters[public] = inLetters{r, q}
			}
		}
	}
}

func swapCase(s string) string {
	if up := strings.ToUpper(s); up != s {
		return up
	}
	return strings.ToLower(s)
}

// unserved looks for methods that are refused before any rule is matched.
func (l *linter) unserved(r *linted) []string {
	for _, method := range []string{"CONNECT", "TRACE"} {
		if slices.Contains(r.rule.Methods, method) {
			q := l.example(r)
			q.method = method
			return []string{fmt.Sprintf("lists a method that is never served: %s is answered 405. Remove it", q)}
		}
	}
	return nil
}

// unreachable looks for rules that never decide, because others are more specific for all
// their requests.
func (l *linter) unreachable(r *linted) []string {
	q, methods := l.example(r), r.rule.Methods
	if len(methods) == 0 {
		methods = []string{"X"} // a method that no other rule has
	}
	var first *Rule
	for _, q.path = range l.reaching(r) {
		for _, q.method = range methods {
			rule, _ := l.table.Match(q.host, q.method, q.path)
			if rule == r.rule {
				return nil
			}
			first = rule
		}
	}
	return []string{fmt.Sprintf("never decides: others are more specific for everything that it covers, such as rule %q for %s. Remove it, or the other", first.Name, q)}
}

// reaching returns paths that r covers, one for each number of segments that "**" can match
// without being a literal of another rule.
func (l *linter) reaching(r *linted) []string {
	at := slices.Index(r.path(), "**")
	if at < 0 {
		return []string{l.fill(r.path())}
	}
	most := 1
	for _, o := range l.rules {
		most = max(most, len(o.path())+1)
	}
	var out []string
	for n := range most + 1 {
		taken := slices.Repeat([]string{l.word}, n)
		own := slices.Concat(r.path()[:at], taken, r.path()[at+1:])
		out = append(out, l.fill(own))
		if at == len(r.path())-1 {
			out = append(out, l.fill(append(own, "")))
		}
	}
	return out
}
