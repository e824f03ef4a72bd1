package formroute

import (
	"bytes"
	"strings"
)

// maxBoundary is the longest accepted boundary in bytes; RFC 2046 allows 70.
const maxBoundary = 200

// delimiterOf returns the delimiter of the parts of a multipart/form-data body. PHP
// looks for the word "boundary" anywhere in the type; ok is false if PHP could find
// another boundary than other parsers.
func delimiterOf(types []string) (delimiter string, ok bool) {
	const word = "boundary"
	if len(types) != 1 {
		return "", false
	}
	lower := strings.ToLower(types[0])
	at := strings.Index(lower, word)
	if at < 0 || len(lower) != len(types[0]) {
		return "", false
	}
	if exact := strings.Index(types[0], word); exact >= 0 && exact != at {
		return "", false // PHP prefers lower case
	}
	value, ok := strings.CutPrefix(types[0][at+len(word):], "=")
	if !ok {
		return "", false
	}
	after := ""
	if quoted, isQuoted := strings.CutPrefix(value, `"`); isQuoted {
		value, after, ok = strings.Cut(quoted, `"`)
	} else if end := strings.IndexAny(value, ",;"); end >= 0 {
		value, after = value[:end], value[end:]
	}
	ok = ok && value != "" && len(value) <= maxBoundary && !strings.Contains(strings.ToLower(after), word)
	return "--" + value, ok && !strings.ContainsFunc(value, notInBoundary)
}

// notInBoundary reports whether r is outside of RFC 2046's list, or in it but with a
// meaning in a parameter.
func notInBoundary(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("'()+_-./:=?", r))
}

// partNames checks multipart/form-data. It reads part headers as PHP does, after a
// delimiter at any position, because PHP is lenient about the line end before it. It
// rejects headers that PHP would repair: continued lines, and control characters, one
// of which ends the line in PHP.
type partNames struct {
	delimiter []byte
	again     []int // failure function of the delimiter (Knuth-Morris-Pratt)
	at        int   // length of the matched prefix
	read      func(c byte) verdict
	line      []byte // of a part's head, so far; nil: outside of a head
	space     []byte // for line
}

func newPartNames(delimiter string) *partNames {
	s := &partNames{delimiter: []byte(delimiter), again: make([]int, len(delimiter)), space: make([]byte, 0, 256)}
	for i, k := 1, 0; i < len(delimiter); i++ {
		for k > 0 && delimiter[i] != delimiter[k] {
			k = s.again[k-1]
		}
		if delimiter[i] == delimiter[k] {
			k++
		}
		s.again[i] = k
	}
	s.read = s.data
	return s
}

func (s *partNames) next(c byte) verdict { return s.read(c) }

func (s *partNames) skip(p []byte) int {
	if s.at > 0 || s.line != nil {
		return 0
	}
	if i := bytes.Index(p, s.delimiter); i >= 0 {
		return i
	}
	last := max(0, len(p)-len(s.delimiter)+1)
	if i := bytes.IndexByte(p[last:], '-'); i >= 0 {
		return last + i
	}
	return len(p)
}

// data reads the content of a part, or text before the first or after the last one.
func (s *partNames) data(c byte) verdict {
	for s.at > 0 && c != s.delimiter[s.at] {
		s.at = s.again[s.at-1]
	}
	if c == s.delimiter[s.at] {
		s.at++
	}
	if s.at == len(s.delimiter) {
		s.at, s.read, s.line = 0, s.delimited, s.space
		return wait
	}
	return verdict(s.at)
}

// delimited reads the bytes after the delimiter: the end of its line, or the two
// hyphens after the last part. PHP accepts more parts after those.
func (s *partNames) delimited(c byte) verdict {
	s.line = append(s.line, c)
	switch string(s.line) {
	case "\r", "-":
		return wait
	case "\n", "\r\n":
		s.line, s.read = s.line[:0], s.head
		return pass
	case "--":
		s.line, s.read = nil, s.data
		return pass
	}
	return stop
}

// head reads the headers of a part.
func (s *partNames) head(c byte) verdict {
	if c != '\n' {
		s.line = append(s.line, c)
		return wait
	}
	line, _ := bytes.CutSuffix(s.line, []byte("\r"))
	s.line = s.line[:0]
	switch {
	case len(line) == 0:
		s.line, s.read = nil, s.data
	case !isPartHeader(line):
		return stop
	}
	return pass
}

func (s *partNames) end() verdict {
	if len(s.line) > 0 && bytes.IndexByte(s.line, ':') >= 0 && !isPartHeader(s.line) {
		return stop
	}
	return pass
}

// isPartHeader reports whether a line is a complete header and names no REST route.
func isPartHeader(line []byte) bool {
	_, value, ok := strings.Cut(string(line), ":")
	return ok && line[0] != ' ' && line[0] != '\t' && bytes.IndexFunc(line, isControl) < 0 && !headerNamesRoute(value)
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// headerNamesRoute reports whether a name in a part's header is that of a REST route
// parameter to PHP, which accepts repeated equals signs and single quotes.
func headerNamesRoute(value string) bool {
	for value != "" {
		var pair string
		pair, value = cutWord(strings.TrimLeft(value, " \t"), ';')
		key, name := cutWord(pair, '=')
		if strings.EqualFold(key, "name") && isRouteName(unquoted(strings.TrimLeft(name, " \t"))) {
			return true
		}
	}
	return false
}

// cutWord splits s at the first end byte outside of quotes, and skips repetitions of
// it.
func cutWord(s string, end byte) (word, rest string) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case end:
			return s[:i], strings.TrimLeft(s[i:], string(rune(end)))
		case '"', '\'':
			for i++; i < len(s) && s[i] != c; i++ {
				if s[i] == '\\' && i+1 < len(s) && s[i+1] == c {
					i++
				}
			}
		}
	}
	return s, ""
}

// unquoted unquotes a value; an unquoted one ends at white space.
func unquoted(s string) string {
	if s == "" || s[0] != '"' && s[0] != '\'' {
		s, _, _ = strings.Cut(s, " ")
		s, _, _ = strings.Cut(s, "\t")
		return s
	}
	var b strings.Builder
	for i, quote := 1, s[0]; i < len(s) && s[i] != quote; i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == quote) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
