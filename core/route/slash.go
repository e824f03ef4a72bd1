package route

import (
	"strings"
	"unicode/utf8"
)

// OtherSlash returns a canonical path with a slash more or less at its end; "" for the
// root, which has one form.
func OtherSlash(path string) string {
	without, cut := strings.CutSuffix(path, "/")
	if without == "" || cut {
		return without
	}
	return path + "/"
}

// Trimmed returns what servers make of a canonical path that take blanks at the ends of
// a segment, and dots at its end, for nothing, as Windows does with names of files: there
// also what follows ":$", by which a file's streams are named. A segment of nothing else
// is left out. Of a '?' it leaves what stands before, as programs do that decode a target
// before they part it. It is path itself if there is nothing to cut, and does not allocate then.
func Trimmed(path string) string {
	if !mayTrim(path) {
		return path
	}
	path, _, _ = strings.Cut(path, "?")
	segments := strings.Split(path, "/")
	kept := segments[:1]
	for i, s := range segments[1:] {
		if name, _, stream := strings.Cut(s, ":$"); stream {
			s = strings.TrimRight(name, ":")
		}
		if s = strings.TrimLeftFunc(strings.TrimRightFunc(s, isBlankOrDot), isBlankRune); s != "" || i == len(segments)-2 {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "/")
}

// mayTrim reports whether a segment may end or begin with something to cut.
func mayTrim(path string) bool {
	wide := false
	for i := 1; i < len(path); i++ {
		switch c := path[i]; {
		case c >= utf8.RuneSelf:
			wide = true
		case c == ' ' && (path[i-1] == '/' || i+1 == len(path) || path[i+1] == '/'),
			c == '.' && (i+1 == len(path) || path[i+1] == '/' || path[i+1] == ' '),
			c == '$' && path[i-1] == ':', c == '?':
			return true
		}
	}
	return wide && strings.ContainsFunc(path, isBlankRune)
}
