package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// Problem is one mistake in a configuration.
type Problem struct {
	Key    string // such as "rules[0].path"; "" for the whole file
	Origin Origin // where the value was set; zero if it was not
	Text   string // what is wrong and how to fix it

	// Rests are the keys of settings that this problem depends on: if one of those is
	// wrong, the problem is not reported. "mounts[].dialect" and "upstreams.*.url"
	// stand for any entry.
	Rests []string
}

// String returns "file:line:column: key: text", or "env NAME: key: text".
func (p Problem) String() string {
	var parts []string
	if place := p.Place(); place != "" {
		parts = append(parts, place)
	}
	if p.Key != "" {
		parts = append(parts, p.Key)
	}
	return strings.Join(append(parts, p.Text), ": ")
}

// Place returns "file:line:column", "file" or "env NAME"; "" if the value was not set.
func (p Problem) Place() string {
	switch {
	case p.Origin.File != "" && p.Origin.Line > 0:
		return fmt.Sprintf("%s:%d:%d", p.Origin.File, p.Origin.Line, p.Origin.Column)
	case p.Origin.File != "":
		return p.Origin.File
	case p.Origin.Env != "":
		return "env " + p.Origin.Env
	}
	return ""
}

// Error holds every mistake that was found.
type Error struct{ Problems []Problem }

// shown is the maximum number of problems in an error message.
const shown = 20

// Error returns the first 20 problems, one per line.
func (e *Error) Error() string {
	var lines []string
	for _, p := range e.Problems[:min(shown, len(e.Problems))] {
		lines = append(lines, p.String())
	}
	if more := len(e.Problems) - shown; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// Problems is a list of mistakes in the order in which they were found.
type Problems []Problem

func (ps *Problems) add(key string, o Origin, format string, args ...any) {
	*ps = append(*ps, Problem{Key: key, Origin: o, Text: fmt.Sprintf(format, args...)})
}

// With returns ps and those problems of further that are not consequences of ps: a
// problem above, below or dependent on a wrong setting is dropped.
func (ps Problems) With(further Problems) Problems {
	all := slices.Clone(ps)
	for _, p := range further {
		if !slices.ContainsFunc(ps[:min(len(ps), maxCauses)], p.follows) {
			all = append(all, p)
		}
	}
	return all
}

// follows reports whether the problem may be a consequence of cause.
func (p Problem) follows(cause Problem) bool {
	near := func(key, cause string) bool { return tree.IsWithin(key, cause) || tree.IsWithin(cause, key) }
	return near(p.Key, cause.Key) || slices.ContainsFunc(p.Rests, func(key string) bool {
		return near(key, cause.Key) || tree.IsWithin(key, ofAnyEntry(cause.Key))
	})
}

// ofAnyEntry replaces the index or name of the entry in a key by a wildcard:
// "mounts[2].host" becomes "mounts[].host", "upstreams.a.url" "upstreams.*.url".
func ofAnyEntry(key string) string {
	if rest, ok := strings.CutPrefix(key, "upstreams."); ok {
		_, setting, below := strings.Cut(rest, ".")
		if key = "upstreams.*"; below {
			key += "." + setting
		}
	}
	var any strings.Builder
	for key != "" {
		before, rest, open := strings.Cut(key, "[")
		any.WriteString(before)
		if !open {
			break
		}
		any.WriteString("[]")
		_, key, _ = strings.Cut(rest, "]")
	}
	return any.String()
}

// maxCauses bounds the work of With for a file full of mistakes.
const maxCauses = 1000

// Err returns an [*Error] with the problems sorted by line and column, or nil if there
// are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Origin.Line, b.Origin.Line), cmp.Compare(a.Origin.Column, b.Origin.Column))
	})
	return &Error{Problems: ps}
}
