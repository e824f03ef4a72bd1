package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a configuration.
type Problem struct {
	Key    string // such as "rules[0].path"; "" when the file as a whole is meant
	Origin Origin // where the value was set; zero if nowhere
	Text   string // what is wrong and what to do

	// Rests are other settings by which this is a mistake: where such a one is wrong,
	// this cannot be judged. "mounts[].dialect" and "upstreams.*.url" are those of any
	// entry.
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

// Place returns "file:line:column" or "env NAME", "" if there is none.
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

// Error is every mistake that was found, one line each when printed.
type Error struct{ Problems []Problem }

// shown bounds the lines of a message; a broken file can hold very many mistakes.
const shown = 20

// Error returns the first problems, one a line.
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

// Problems are mistakes in the order in which they were found.
type Problems []Problem

func (ps *Problems) add(key string, o Origin, format string, args ...any) {
	*ps = append(*ps, Problem{Key: key, Origin: o, Text: fmt.Sprintf(format, args...)})
}

// With returns the problems and those of further that do not follow from them: what
// is above or below a setting that is wrong, or rests on it, cannot be judged.
func (ps Problems) With(further Problems) Problems {
	all := slices.Clone(ps)
	for _, p := range further {
		if !slices.ContainsFunc(ps[:min(len(ps), maxCauses)], p.follows) {
			all = append(all, p)
		}
	}
	return all
}

// follows reports whether the problem may be one only because of another.
func (p Problem) follows(cause Problem) bool {
	near := func(key, cause string) bool { return isWithin(key, cause) || isWithin(cause, key) }
	return near(p.Key, cause.Key) || slices.ContainsFunc(p.Rests, func(key string) bool {
		return near(key, cause.Key) || isWithin(key, ofAnyEntry(cause.Key))
	})
}

// ofAnyEntry is the key of a setting without saying of which entry it is.
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

// maxCauses bounds the work of With for a file that is one mistake.
const maxCauses = 1000

// isWithin reports whether a key is another one, the name of its file, or below it;
// nothing is within "".
func isWithin(key, parent string) bool {
	rest, ok := strings.CutPrefix(key, parent)
	return ok && parent != "" && (rest == "" || rest == fileTwin || rest[0] == '.' || rest[0] == '[')
}

// Err returns the problems in order of their place, nil if there are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Origin.Line, b.Origin.Line), cmp.Compare(a.Origin.Column, b.Origin.Column))
	})
	return &Error{Problems: ps}
}
