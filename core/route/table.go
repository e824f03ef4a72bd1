package route

import (
	"slices"
	"strings"
)

// Table is a compiled set of rules: a trie of path segments for each host. It is immutable
// and safe for concurrent use.
//
// The most specific rule that covers a request applies. A rule for the host comes before
// one for any host; then, segment by segment from the left, a literal before "*" before
// "**"; then a rule that names the method before one for any method.
type Table struct {
	hosts    map[string]*node // by canonical host
	anyHost  *node
	methods  []string   // every method in the rules, sorted
	patterns []*pattern // all of them
	slashed  bool       // whether a pattern ends with a slash
}

// Match returns the rule for a request, or false if there is none; such a request must be
// denied. host is as returned by [Host], path as returned by [Canonical], method as
// received. The rule is shared; do not change it.
//
// It does not allocate. Its cost depends on the number of segments in the path, not on the
// number of rules.
func (t *Table) Match(host, method, path string) (*Rule, bool) {
	if e := t.find(host, method, path); e != nil {
		return e.rule, true
	}
	return nil, false
}

// OtherSlash returns the rule for the path with the trailing slash added or removed, if it
// is more specific than the one that Match returns for path: the rule that applies in a
// program that treats both paths as one.
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

// Any reports whether is returns true for a rule, which it must not change.
func (t *Table) Any(is func(*Rule) bool) bool {
	return t != nil && slices.ContainsFunc(t.patterns, func(p *pattern) bool { return is(p.rule) })
}

// HasHost reports whether a rule names this host.
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

// StricterByMethod reports whether for some method the rule at a path forbids r or is
// missing.
func (t *Table) StricterByMethod(host, path string, r *Rule) bool {
	stricter := func(method string) bool {
		rule, _ := t.Match(host, method, path)
		return rule.Forbids(r)
	}
	return t == nil || stricter("-") || slices.ContainsFunc(t.methods, stricter) // "-": a method that no rule has
}

// MethodsFor returns the methods, sorted, that are named in any rule and for which Match
// finds a rule here: the value of Allow in a 405 response.
func (t *Table) MethodsFor(host, path string) []string {
	var out []string
	for _, method := range t.methods {
		if _, ok := t.Match(host, method, path); ok {
			out = append(out, method)
		}
	}
	return slices.Clip(out)
}
