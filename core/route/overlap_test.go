package route

import (
	"slices"
	"strings"
	"testing"
)

// somePatterns returns all valid patterns of up to three segments, and somePaths all paths
// of up to four.
func somePatterns() (out [][]string) {
	for _, p := range words([]string{"a", "b", "*", "**"}, 3) {
		for _, own := range [][]string{p, append(slices.Clone(p), "")} {
			if deep := slices.Index(own, "**"); deep < 0 || !slices.Contains(own[deep+1:], "**") {
				out = append(out, own)
			}
		}
	}
	return out
}

func somePaths() (out [][]string) {
	for _, p := range words([]string{"a", "b", "x"}, 4) {
		out = append(out, p, append(slices.Clone(p), ""))
	}
	return append(out, []string{""})
}

// words returns all lists of one to most words.
func words(alphabet []string, most int) (out [][]string) {
	last := [][]string{{}}
	for range most {
		var next [][]string
		for _, w := range last {
			for _, s := range alphabet {
				next = append(next, append(slices.Clone(w), s))
			}
		}
		out, last = append(out, next...), next
	}
	return out
}

// matched reports for each pattern which of the paths it matches, using the oracle.
func matched(patterns, paths [][]string) [][]bool {
	out := make([][]bool, len(patterns))
	for i, p := range patterns {
		out[i] = make([]bool, len(paths))
		for j, path := range paths {
			out[i][j] = globs(p, path)
		}
	}
	return out
}

// TestCovers: one pattern covers another if it matches every path that the other does. Some
// paths are longer than any pattern.
func TestCovers(t *testing.T) {
	patterns, paths := somePatterns(), somePaths()
	by := matched(patterns, paths)
	for i, p := range patterns {
		for j, q := range patterns {
			all := true
			for k := range paths {
				all = all && (by[i][k] || !by[j][k])
			}
			// "**" before a segment is compared segment by segment, which may miss that two
			// patterns match the same paths. That only causes needless warnings.
			if got := covers(p, q); got && !all || all && !got && !slices.Contains(q, "**") {
				t.Errorf("%v covers %v: got %v", p, q, got)
			}
		}
	}
}

// TestCommon: if two patterns overlap, the result is a path that both match.
func TestCommon(t *testing.T) {
	patterns, paths := somePatterns(), somePaths()
	by := matched(patterns, paths)
	l := &linter{word: "x"}
	for i, p := range patterns {
		for j, q := range patterns {
			any := false
			for k := range paths {
				any = any || by[i][k] && by[j][k]
			}
			segments, ok := intersect(p, q)
			if ok != any {
				t.Errorf("%v and %v share a path: got %v, want %v", p, q, ok, any)
				continue
			}
			path := strings.Split(l.fill(segments)[1:], "/")
			if ok && (!globs(p, path) || !globs(q, path)) && !strings.Contains(l.fill(segments), "//") {
				t.Errorf("%v and %v share %v: they do not", p, q, path)
			}
		}
	}
}

// TestIsApart: two first segments are disjoint if no path begins with both.
func TestIsApart(t *testing.T) {
	all := []string{"a", "b", "", "*", "**"}
	for _, a := range all {
		for _, b := range all {
			if want := a != b && !strings.Contains(a+b, "*"); isApart(a, b) != want {
				t.Errorf("%q and %q are apart: want %v", a, b, want)
			}
		}
	}
}

// TestContains tests which hosts and methods make one rule an exception from another.
func TestContains(t *testing.T) {
	path := [][]string{{"a"}}
	for _, tc := range []struct {
		r, o             Rule
		contains, common bool
	}{
		{Rule{}, Rule{}, true, true},
		{Rule{}, Rule{Host: "h"}, true, true},
		{Rule{Host: "h"}, Rule{}, false, true},
		{Rule{Host: "h"}, Rule{Host: "h"}, true, true},
		{Rule{Host: "h"}, Rule{Host: "i"}, false, false},
		{Rule{}, Rule{Methods: []string{"PUT"}}, true, true},
		{Rule{Methods: []string{"PUT"}}, Rule{}, false, true},
		{Rule{Methods: []string{"PUT"}}, Rule{Methods: []string{"PUT"}}, true, true},
		{Rule{Methods: []string{"PUT"}}, Rule{Methods: []string{"POST"}}, false, false},
		{Rule{Methods: []string{"PUT", "POST"}}, Rule{Methods: []string{"POST"}}, true, true},
		{Rule{Methods: []string{"PUT"}}, Rule{Methods: []string{"PUT", "POST"}}, false, true},
		{Rule{Methods: []string{"GET"}}, Rule{Methods: []string{"HEAD"}}, true, true},
		{Rule{Methods: []string{"HEAD"}}, Rule{Methods: []string{"GET"}}, false, true},
		{Rule{Methods: []string{"PUT"}}, Rule{Methods: []string{"HEAD"}}, false, false},
		{Rule{Methods: []string{"GET"}}, Rule{Methods: []string{"PUT"}}, false, false},
		{Rule{Host: "h", Methods: []string{"PUT"}}, Rule{Host: "i"}, false, false},
		{Rule{Host: "h"}, Rule{Host: "h", Methods: []string{"PUT"}}, true, true},
	} {
		r, o, l := &linted{&tc.r, path}, &linted{&tc.o, path}, &linter{word: "x"}
		if got := contains(r, o); got != tc.contains {
			t.Errorf("%+v contains %+v: got %v, want %v", tc.r, tc.o, got, tc.contains)
		}
		q, ok := l.common(r, o)
		if ok != tc.common {
			t.Errorf("%+v and %+v share a request: got %v, want %v", tc.r, tc.o, ok, tc.common)
		}
		for _, rule := range []*Rule{&tc.r, &tc.o} {
			if ok && (!rule.takes(q.method) || rule.Host != "" && rule.Host != q.host) {
				t.Errorf("%+v does not cover %v", rule, q)
			}
		}
	}
	if contains(&linted{&Rule{}, path}, &linted{&Rule{}, [][]string{{"a"}, {"a", ""}}}) {
		t.Error("one spelling covers both")
	}
	for _, two := range [][2]string{{"a/*/**", "**/"}, {"a", "b"}} {
		q, ok := (&linter{word: "x"}).common(&linted{&Rule{}, [][]string{strings.Split(two[0], "/")}}, &linted{&Rule{}, [][]string{strings.Split(two[1], "/")}})
		if strings.Contains(q.path, "//") && ok || two[0] == "a" && ok {
			t.Errorf("%v: got %v, %v; want no common request", two, q, ok)
		}
	}
}
