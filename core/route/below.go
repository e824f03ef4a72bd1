package route

import (
	"slices"
	"strings"
)

// noWord is a segment that matches no literal, since no path contains it.
const noWord = "\x00"

// StricterBelow reports whether the table is stricter than r somewhere below a canonical
// path: there is a path whose rule for the method forbids r, or that has no rule. It tries
// one path for each rule that overlaps with the paths below.
func (t *Table) StricterBelow(host, method, path string, r *Rule) bool {
	if t == nil {
		return true
	}
	var at []string
	if path = strings.Trim(path, "/"); path != "" {
		at = strings.Split(path, "/")
	}
	stricter := func(segments []string) bool {
		rule, _ := t.Match(host, method, example(segments))
		return rule.Forbids(r)
	}
	below, deeper := slices.Concat(at, []string{"**"}), slices.Concat(at, []string{noWord, "**"})
	return stricter(below) || slices.ContainsFunc(t.patterns, func(p *pattern) bool {
		if p.rule.Host != "" && p.rule.Host != host || !p.rule.takes(method) {
			return false
		}
		near, ok := intersect(p.segments, below)
		far, also := intersect(p.segments, deeper)
		return ok && stricter(near) || also && stricter(far)
	})
}

// example returns a path that the pattern matches.
func example(segments []string) string {
	out := slices.Clone(segments)
	for i, s := range out {
		if s == "*" || s == "**" {
			out[i] = noWord
		}
	}
	return "/" + strings.Join(out, "/")
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
