package route

import (
	"fmt"
	"slices"
	"strings"
)

// Lint returns warnings about rules that [Compile] accepts but that may not mean what they
// seem to. Each names the rule, a request that another, less strict rule decides, and the
// remedy. It returns none for rules that Compile refuses.
func Lint(rules []Rule) []string {
	l := newLinter(rules)
	if l == nil {
		return nil
	}
	var out []string
	for _, r := range l.rules {
		checks := []func(*linted) []string{l.public, l.unserved, l.unreachable}
		if r.rule.isRequired() {
			checks = []func(*linted) []string{l.paths, l.methods, l.overlaps, l.hosts, l.unserved, l.unreachable}
		}
		for _, check := range checks {
			for _, text := range check(r) {
				if text = fmt.Sprintf("rule %q %s", r.rule.Name, text); !slices.Contains(out, text) {
					out = append(out, text)
				}
			}
		}
	}
	return out
}

// linted is a rule and its patterns, its own first.
type linted struct {
	rule     *Rule
	patterns [][]string
}

func (r *linted) path() []string { return r.patterns[0] }

// linter checks a table with example requests.
type linter struct {
	rules   []*linted
	byRule  map[*Rule]*linted
	table   *Table
	word    string // a segment that no rule contains
	host    string // a host that no rule has
	letters map[*linted]inLetters
}

func newLinter(rules []Rule) *linter {
	l := &linter{
		byRule: map[*Rule]*linted{}, letters: map[*linted]inLetters{},
		table: &Table{hosts: map[string]*node{}, anyHost: &node{}}, word: "x", host: "other.example",
	}
	if _, err := Compile(rules); err != nil {
		return nil
	}
	var list []*pattern
	for _, rule := range rules {
		p, _ := parse(rule) // Compile found no error
		r := &linted{rule: p.rule}
		for _, s := range p.spelled() {
			r.patterns, list = append(r.patterns, s.segments), append(list, s)
		}
		l.rules, l.byRule[p.rule] = append(l.rules, r), r
		for slices.Contains(p.segments, l.word) {
			l.word += "x"
		}
	}
	l.build(list)
	for l.table.hosts[l.host] != nil {
		l.host = "an" + l.host
	}
	l.findLetters()
	return l
}

// build adds patterns that are known to be valid to the table.
func (l *linter) build(list []*pattern) {
	slices.SortStableFunc(list, compare)
	for rank, p := range list {
		l.table.add(p, rank)
	}
}

// request is an example request.
type request struct{ method, host, path string }

// String returns the request as a user would write it.
func (q request) String() string {
	if q.host == "" {
		return q.method + " " + EscapePath(q.path)
	}
	return q.method + " http://" + q.host + EscapePath(q.path)
}

// slip returns the rule that decides a request meant for r if it is less strict than r,
// else nil.
func (l *linter) slip(r *linted, q request) *linted {
	rule, _ := l.table.Match(q.host, q.method, q.path)
	if !r.rule.StricterThan(rule) { // also if there is none
		return nil
	}
	return l.byRule[rule]
}

// decidedBy returns a text that says which rule decides a request.
func decidedBy(q request, g *linted) string {
	access := string(g.rule.Access)
	if g.rule.isRequired() {
		access = "which asks for other roles or scopes"
	}
	return fmt.Sprintf("%s is decided by rule %q (%s)", q, g.rule.Name, access)
}

// example returns a request that r covers.
func (l *linter) example(r *linted) request {
	method := "GET"
	if len(r.rule.Methods) > 0 {
		method = r.rule.Methods[0]
	}
	return request{method, r.rule.Host, l.fill(r.path())}
}

// fill returns a path that matches a pattern.
func (l *linter) fill(segments []string) string {
	out := slices.Clone(segments)
	for i, s := range out {
		if s == "*" || s == "**" {
			out[i] = l.word
		}
	}
	return "/" + strings.Join(out, "/")
}
