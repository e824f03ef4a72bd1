package token

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

// Limits of the parsed JSON, so that the cost of a token does not exceed what its size
// justifies.
const (
	maxDepth   = 16  // nesting of objects and arrays, including the outermost
	maxMembers = 256 // members of one object
)

// scanner parses JSON (RFC 8259) more strictly than encoding/json: duplicate member names
// are refused, names are compared exactly and after unescaping, and nothing is replaced by
// U+FFFD.
type scanner struct {
	text  string
	at    int
	depth int
}

// parseObject parses text, which must be a single JSON object.
func parseObject(text string) (api.Claims, error) {
	s := &scanner{text: text}
	if s.peek() != '{' {
		return api.Claims{}, errors.New("not a JSON object")
	}
	value, err := s.only("the object")
	if err != nil {
		return api.Claims{}, err
	}
	return value.(api.Claims), nil
}

// ParseValue parses the JSON text of a claim's value into the types that [Sign] accepts:
// objects as [api.Claims], in order. It is as strict as Parse.
func ParseValue(text string) (any, error) {
	s := &scanner{text: text, depth: 1} // as inside an object
	return s.only("the value")
}

// only parses a single value that must be the whole text.
func (s *scanner) only(what string) (any, error) {
	if !utf8.ValidString(s.text) {
		return nil, errors.New("not UTF-8")
	}
	value, err := s.value()
	if err != nil {
		return nil, err
	}
	if s.peek(); s.at < len(s.text) {
		return nil, s.fail("data after %s", what)
	}
	return value, nil
}

func (s *scanner) fail(format string, args ...any) error {
	return fmt.Errorf("JSON byte %d: %s", s.at, fmt.Sprintf(format, args...))
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// expect skips white space and consumes c.
func (s *scanner) expect(c byte) error {
	if s.peek() != c {
		return s.fail("want %q", c)
	}
	s.at++
	return nil
}

func (s *scanner) value() (any, error) {
	switch c := s.peek(); {
	case c == '{':
		return s.object()
	case c == '[':
		return s.array()
	case c == '"':
		return s.string()
	case c == '-' || isDigit(c):
		return s.number()
	}
	return s.literal()
}

func (s *scanner) literal() (any, error) {
	switch rest := s.text[s.at:]; {
	case strings.HasPrefix(rest, "true"):
		s.at += len("true")
		return true, nil
	case strings.HasPrefix(rest, "false"):
		s.at += len("false")
		return false, nil
	case strings.HasPrefix(rest, "null"):
		s.at += len("null")
		return nil, nil
	}
	return nil, s.fail("want a value")
}

func (s *scanner) enter() error {
	if s.depth++; s.depth > maxDepth {
		return s.fail("deeper than %d levels", maxDepth)
	}
	s.at++
	return nil
}

func (s *scanner) object() (api.Claims, error) {
	if err := s.enter(); err != nil {
		return api.Claims{}, err
	}
	seen := names{list: make([]api.Claim, 0, 8)}
	for s.peek() != '}' || len(seen.list) > 0 {
		if err := s.member(&seen); err != nil {
			return api.Claims{}, err
		}
		if s.peek() == '}' {
			break
		}
		if err := s.expect(','); err != nil {
			return api.Claims{}, err
		}
	}
	s.depth--
	return api.ParsedClaims(seen.list), s.expect('}')
}

// member parses `"name": value` and adds it to the members read before.
func (s *scanner) member(before *names) error {
	if s.peek() != '"' {
		return s.fail("want a member name")
	}
	name, err := s.string()
	if err != nil {
		return err
	}
	if len(before.list) >= maxMembers {
		return s.fail("more than %d members", maxMembers)
	}
	if before.has(name) {
		return s.fail("duplicate member %.32q", name)
	}
	if err := s.expect(':'); err != nil {
		return err
	}
	value, err := s.value()
	before.add(api.Claim{Name: name, Value: value})
	return err
}

func (s *scanner) array() ([]any, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	list := []any{}
	for s.peek() != ']' || len(list) > 0 {
		v, err := s.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if s.peek() == ']' {
			break
		}
		if err := s.expect(','); err != nil {
			return nil, err
		}
	}
	s.depth--
	return list, s.expect(']')
}
