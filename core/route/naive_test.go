package route

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// naive is the oracle: it tries every rule with a plain matcher that follows [Rule]'s
// comment, and returns the most specific.
func naive(list []*pattern, host, method, path string) string {
	var best *pattern
	for _, p := range list {
		if p.rule.Host != "" && p.rule.Host != host || !globs(p.segments, strings.Split(path[1:], "/")) || !takes(p.rule, method) {
			continue
		}
		if best == nil || compare(p, best) < 0 || compare(p, best) == 0 && methodRank(p.rule, method) < methodRank(best.rule, method) {
			best = p
		}
	}
	if best == nil {
		return ""
	}
	return best.rule.Name
}

func globs(pattern, path []string) bool {
	if len(pattern) == 0 {
		return len(path) == 0
	}
	if pattern[0] == "**" {
		return globs(pattern[1:], path) || len(path) > 0 && globs(pattern, path[1:])
	}
	if len(path) == 0 || pattern[0] == "*" && path[0] == "" || pattern[0] != "*" && pattern[0] != path[0] {
		return false
	}
	return globs(pattern[1:], path[1:])
}

func takes(r *Rule, method string) bool { return methodRank(r, method) < 3 }

func methodRank(r *Rule, method string) int {
	switch {
	case slices.Contains(r.Methods, method):
		return 0
	case method == "HEAD" && slices.Contains(r.Methods, "GET"):
		return 1
	case len(r.Methods) == 0:
		return 2
	}
	return 3
}

// FuzzMatch reads rules, one a line ("[host ]path[ METHOD][ same]"), and a path, and
// compares the trie with the oracle for every host and method.
func FuzzMatch(f *testing.F) {
	f.Add("/a/*\n/*/b\n/**\n/a/**/c GET", "/a/b/c")
	f.Add("/**/b\n/**/b/*\n/**/*/*\nh /**", "/b/b")
	f.Add("/a\n/a/**\n/a/\n/a/* HEAD\n/a/* GET", "/a/")
	f.Add("/*/**\n/**/*\n/a/**/b/c\n/a/b/*/c POST", "/a/b/b/c")
	f.Add("/a same\n/**/b same\n/*/ GET same\n/**", "/a/")
	f.Fuzz(func(t *testing.T, text, path string) {
		if _, _, err := Canonical(EscapePath(path)); err != nil || len(text) > 400 || len(path) > 40 {
			return
		}
		rules := readRules(text)
		table, err := Compile(rules)
		if err != nil {
			return
		}
		list := patterns(rules)
		for _, host := range []string{"", "h"} {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT"} {
				got := ""
				if rule, ok := table.Match(host, method, path); ok {
					got = rule.Name
				}
				if want := naive(list, host, method, path); got != want {
					t.Fatalf("Match(%q, %s, %q) = rule %q, want %q in\n%s", host, method, path, got, want, text)
				}
			}
		}
	})
}

func readRules(text string) []Rule {
	var rules []Rule
	for i, line := range strings.Split(text, "\n") {
		r := Rule{Name: fmt.Sprint(i)}
		for j, word := range strings.Fields(line) {
			switch {
			case strings.HasPrefix(word, "/"):
				r.Path = word
			case word == SlashSame:
				r.TrailingSlash = word
			case j == 0:
				r.Host = word
			default:
				r.Methods = append(r.Methods, word)
			}
		}
		rules = append(rules, r)
	}
	return rules
}

// TestMatch_agreesWithOracle uses random rule sets over an alphabet so small that patterns
// often overlap.
func TestMatch_agreesWithOracle(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[draw.IntN(len(from))] }
	compiled := 0
	for range 2000 {
		var lines []string
		for range 1 + draw.IntN(6) {
			line := pick("", "", "h ")
			for range 1 + draw.IntN(4) {
				line += "/" + pick("a", "b", "*", "**", "a", "")
			}
			lines = append(lines, line+pick("", "", " GET", " HEAD", " GET POST")+pick("", "", " same"))
		}
		rules := readRules(strings.Join(lines, "\n"))
		table, err := Compile(rules)
		if err != nil {
			continue
		}
		compiled++
		for range 8 {
			path := ""
			for range 1 + draw.IntN(5) {
				path += "/" + pick("a", "b", "c")
			}
			path += pick("", "/")
			host, method := pick("", "h"), pick("GET", "HEAD", "POST")
			got := ""
			if rule, ok := table.Match(host, method, path); ok {
				got = rule.Name
			}
			if want := naive(patterns(rules), host, method, path); got != want {
				t.Fatalf("Match(%q, %s, %q) = rule %q, want %q in\n%s", host, method, path, got, want, strings.Join(lines, "\n"))
			}
		}
	}
	if compiled < 300 {
		t.Errorf("only %d rule sets compiled: the generator is broken", compiled)
	}
}

func patterns(rules []Rule) []*pattern {
	var list []*pattern
	for _, r := range rules {
		p, _ := parse(r)
		list = append(list, p.spelled()...)
	}
	return list
}
