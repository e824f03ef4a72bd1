package token

import (
	"encoding/json"
	"strconv"
)

// number returns an int64 if the text is an integer that fits, otherwise the text as a
// json.Number.
func (s *scanner) number() (any, error) {
	start := s.at
	if s.text[s.at] == '-' {
		s.at++
	}
	if s.next() == '0' {
		s.at++
	} else if !s.digits() {
		return nil, s.fail("want a digit")
	}
	integer, err := s.fraction()
	if err != nil {
		return nil, err
	}
	text := s.text[start:s.at]
	if integer {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
	}
	return json.Number(text), nil
}

// fraction consumes fraction and exponent, and reports whether there were none.
func (s *scanner) fraction() (integer bool, err error) {
	integer = true
	if s.next() == '.' {
		s.at++
		integer = false
		if !s.digits() {
			return false, s.fail("want a digit")
		}
	}
	if c := s.next(); c == 'e' || c == 'E' {
		s.at++
		integer = false
		if c := s.next(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return false, s.fail("want a digit")
		}
	}
	return integer, nil
}

// next returns the next byte, or 0 at the end.
func (s *scanner) next() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// digits consumes digits and reports whether there were any.
func (s *scanner) digits() bool {
	start := s.at
	for isDigit(s.next()) {
		s.at++
	}
	return s.at > start
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
