package route

import (
	"slices"
	"strings"
)

// Table is a compiled set of rules: for each host a trie of path segments. It
// is immutable and safe for concurrent use.
//
// Of the rules that cover a request the most specific governs it: first one
// for this very host before one for any host; then, segment by segment from
// the left, a literal before "*" before "**"; then one that names the method
// before one for any method.
type Table struct {
	hosts    map[string]*node // by canonical host
	anyHost  *node
	methods  []string   // every method that some rule names, sorted
	patterns []*pattern // all of them
	slashed  bool       // whether some pattern ends with a slash
}

// Match returns the rule that governs a request, false if there is none: what
// no rule covers is denied. host is as [Host] returned it, path as [Canonical]
// did, method as received. The rule is shared; do not change it.
//
// It does not allocate, and its cost does not grow with the number of rules
// but with the number of segments in the path.
func (t *Table) Match(host, method, path string) (*Rule, bool) {
	if e := t.find(host, method, path); e != nil {
		return e.rule, true
	}
	return nil, false
}

// OtherSlash returns the rule that governs the path with a slash more or less at
// its end, if it is more specific than the one that Match returns for path: the
// rule that a program means which takes both paths for one.
func (t *Table) OtherSlash(host, method, path string) (*Rule, bool) {
	without, cut := strings.CutSuffix(path, "/")
	if t == nil || without == "" || !cut && !t.slashed {
		return nil, false
	}
	if !cut {
		without += "/"
	}
	e := t.find(host, method, without)
	if e == nil || better(t.find(host, method, path), e) != e {
		return nil, false
	}
	return e.rule, true
}

// Any reports whether is holds for one of the rules, which it must not change.
func (t *Table) Any(is func(*Rule) bool) bool {
	return t != nil && slices.ContainsFunc(t.patterns, func(p *pattern) bool { return is(p.rule) })
}

// HasHost reports whether some rule is for this very host.
func (t *Table) HasHost(host string) bool { return t != nil && t.hosts[host] != nil }

func (t *Table) find(host, method, path string) *entry {
	if t == nil || !strings.HasPrefix(path, "/") {
		return nil
	}
	if root := t.hosts[host]; root != nil {
		if e := root.find(path[1:], true, method); e != nil {
			return e
		}
	}
	return t.anyHost.find(path[1:], true, method)
}

// StricterByMethod reports whether for some method the rule at a path is stricter than r,
// or there is none.
func (t *Table) StricterByMethod(host, path string, r *Rule) bool {
	stricter := func(method string) bool {
		rule, _ := t.Match(host, method, path)
		return rule.StricterThan(r)
	}
	return t == nil || stricter("-") || slices.ContainsFunc(t.methods, stricter) // "-": one that no rule names
}

// MethodsFor lists, sorted, the methods named in any rule for which Match finds
// a rule here: what an answer of 405 puts into Allow.
func (t *Table) MethodsFor(host, path string) []string {
	var out []string
	for _, method := range t.methods {
		if _, ok := t.Match(host, method, path); ok {
			out = append(out, method)
		}
	}
	return slices.Clip(out)
}
