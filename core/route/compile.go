package route

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Compile validates the rules and builds the table that matches them; it keeps no reference
// to rules. The error joins one message for every problem, with the rule's name and the
// remedy. Two rules with the same host, path pattern and method are an error, since neither
// is more specific.
func Compile(rules []Rule) (*Table, error) {
	t := &Table{hosts: map[string]*node{}, anyHost: &node{}}
	var errs []error
	var list []*pattern
	for i := range rules {
		p, err := parse(rules[i])
		if err != nil {
			errs = append(errs, fmt.Errorf("rule %s: %w", describe(rules[i], i), err))
			continue
		}
		list = append(list, p.spelled()...)
	}
	slices.SortStableFunc(list, compare)
	for rank, p := range list {
		if err := t.add(p, rank); err != nil {
			errs = append(errs, err)
		}
	}
	slices.Sort(t.methods)
	t.methods = slices.Compact(t.methods)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return t, nil
}

func describe(r Rule, i int) string {
	if r.Name != "" {
		return fmt.Sprintf("%q", r.Name)
	}
	return fmt.Sprintf("number %d", i+1)
}

// add adds the rule to the trie.
func (t *Table) add(p *pattern, rank int) error {
	n := t.root(p.rule.Host)
	t.patterns = append(t.patterns, p)
	t.slashed = t.slashed || p.segments[len(p.segments)-1] == ""
	for _, segment := range p.segments {
		n = n.child(segment)
	}
	methods := p.rule.Methods
	if len(methods) == 0 {
		methods = []string{""}
	}
	for _, method := range methods {
		if i := slices.IndexFunc(n.ends, func(e entry) bool { return e.method == method }); i >= 0 {
			return tie(n.ends[i].rule, p, method)
		}
		n.ends = append(n.ends, entry{method, p.rule, rank})
		t.note(method)
	}
	return nil
}

func (t *Table) note(method string) {
	switch method {
	case "":
	case "GET":
		t.methods = append(t.methods, "GET", "HEAD")
	default:
		t.methods = append(t.methods, method)
	}
}

func tie(a *Rule, b *pattern, method string) error {
	if method == "" {
		method = "any method"
	}
	return fmt.Errorf("rules %q and %q both cover %s of %s/%s and neither is more specific: remove one or give them different methods",
		a.Name, b.rule.Name, method, b.rule.Host, strings.Join(b.segments, "/"))
}

func (t *Table) root(host string) *node {
	if host == "" {
		return t.anyHost
	}
	if t.hosts[host] == nil {
		t.hosts[host] = &node{}
	}
	return t.hosts[host]
}

func (n *node) child(segment string) *node {
	switch segment {
	case "*":
		n.one = orNew(n.one)
		return n.one
	case "**":
		n.deep = orNew(n.deep)
		return n.deep
	}
	if n.literal == nil {
		n.literal = map[string]*node{}
	}
	segment = strings.Clone(segment) // do not retain the configuration's memory
	n.literal[segment] = orNew(n.literal[segment])
	return n.literal[segment]
}

func orNew(n *node) *node {
	if n == nil {
		return &node{}
	}
	return n
}
