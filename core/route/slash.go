package route

import (
	"strings"
	"unicode/utf8"
)

// OtherSlash returns a canonical path with the trailing slash added or removed, or "" for
// the root, which has only one form.
func OtherSlash(path string) string {
	without, cut := strings.CutSuffix(path, "/")
	if without == "" || cut {
		return without
	}
	return path + "/"
}

// Trimmed returns the form that some servers give a canonical path. They ignore blanks at
// the ends of a segment and dots at its end, as Windows does in file names, where what
// follows ":$" names a stream; a segment that becomes empty is removed. The path also ends
// before a '?', as in programs that decode a target before they split it. If there is
// nothing to cut, Trimmed returns path itself and does not allocate.
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

// mayTrim reports whether a segment may have something to cut.
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
