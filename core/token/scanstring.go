package token

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// string parses a JSON string. Without escapes the result is a substring of the text.
func (s *scanner) string() (string, error) {
	s.at++
	start := s.at
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return s.text[start : s.at-1], nil
		case c == '\\':
			return s.escaped(start)
		case c < ' ':
			return "", s.fail("control character in a string")
		}
		s.at++
	}
	return "", s.fail("unfinished string")
}

// escaped continues with a string at its first backslash.
func (s *scanner) escaped(start int) (string, error) {
	var b strings.Builder
	b.WriteString(s.text[start:s.at])
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return b.String(), nil
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
		case c < ' ':
			return "", s.fail("control character in a string")
		default:
			b.WriteByte(c)
			s.at++
		}
	}
	return "", s.fail("unfinished string")
}

// escape parses an escape sequence, or two for a surrogate pair. A lone surrogate is
// refused: replacing it could make two different subjects equal.
func (s *scanner) escape() (rune, error) {
	s.at++
	c := s.next()
	s.at++
	if c == 'u' {
		return s.unicode()
	}
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if i := strings.IndexByte(from, c); i >= 0 {
		return rune(to[i]), nil
	}
	return 0, s.fail("unknown escape")
}

func (s *scanner) unicode() (rune, error) {
	r, ok := s.hex()
	if !ok {
		return 0, s.fail("want four hexadecimal digits")
	}
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	if !strings.HasPrefix(s.text[s.at:], `\u`) {
		return 0, s.fail("half a surrogate pair")
	}
	s.at += 2
	low, _ := s.hex()
	if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
		return 0, s.fail("half a surrogate pair")
	}
	return r, nil
}

func (s *scanner) hex() (rune, bool) {
	if len(s.text)-s.at < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(s.text[s.at:s.at+4], 16, 16)
	s.at += 4
	return rune(n), err == nil
}
