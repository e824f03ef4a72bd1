package route

import (
	"iter"
	"slices"
	"strings"
)

// Request is one that a rule governs. Host "" is any that no rule names.
type Request struct {
	Host, Method, Path string
	Rule               *Rule // shared; do not change it
}

// Requests returns requests to a host, "" for any, at and below a path without a slash at
// its end, "" for all: some for each rule that governs any there.
func (t *Table) Requests(host, prefix string) iter.Seq[Request] {
	return func(yield func(Request) bool) {
		if t == nil {
			return
		}
		below, word := append(segmentsOf(prefix), "**"), t.unnamed()
		deepest := len(below)
		for _, p := range t.patterns {
			deepest = max(deepest, len(p.segments))
		}
		for _, p := range t.patterns {
			for _, segments := range p.expanded(deepest) {
				q, ok := p.requestIn(host, segments, below, word)
				if !ok {
					continue
				}
				if q.Rule, ok = t.Match(q.Host, q.Method, q.Path); ok && q.Rule == p.rule && !yield(q) {
					return
				}
			}
		}
	}
}

// expanded is the pattern with 0 to n segments in the place of "**".
func (p *pattern) expanded(n int) [][]string {
	at := slices.Index(p.segments, "**")
	if at < 0 {
		return [][]string{p.segments}
	}
	var out [][]string
	for i := range n + 1 {
		out = append(out, slices.Concat(p.segments[:at], slices.Repeat([]string{"*"}, i), p.segments[at+1:]))
	}
	return out
}

func segmentsOf(prefix string) []string {
	if prefix == "" {
		return nil
	}
	return strings.Split(prefix[1:], "/")
}

// requestIn returns a request to the host and a path that both segments and below match.
// word replaces wildcards.
func (p *pattern) requestIn(host string, segments, below []string, word string) (Request, bool) {
	q := Request{Host: host, Method: "GET"}
	switch {
	case host == "":
		q.Host = p.rule.Host
	case p.rule.Host != "" && p.rule.Host != host:
		return q, false
	}
	if len(p.rule.Methods) > 0 {
		q.Method = p.rule.Methods[0]
	}
	segments, ok := intersect(segments, below)
	for i, s := range segments {
		if s == "*" || s == "**" {
			segments[i] = word
		}
	}
	q.Path = "/" + strings.Join(segments, "/")
	return q, ok && !strings.Contains(q.Path, "//")
}

// unnamed is a segment that no rule names.
func (t *Table) unnamed() string {
	word := "x"
	for slices.ContainsFunc(t.patterns, func(p *pattern) bool { return slices.Contains(p.segments, word) }) {
		word += "x"
	}
	return word
}
