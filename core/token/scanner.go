package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

// Limits of the JSON that is read. What a token says is flat and small; these
// keep one that is not from costing more than its size.
const (
	maxDepth   = 16  // objects and arrays inside each other, the outermost included
	maxMembers = 256 // members of one object
)

// scanner reads JSON (RFC 8259) more strictly than encoding/json: a member name
// may appear once in an object, names are compared exactly and after
// unescaping, and nothing is replaced by U+FFFD.
type scanner struct {
	text  string
	at    int
	depth int
}

// parseObject reads text as one JSON object and nothing else.
func parseObject(text string) (api.Claims, error) {
	if !utf8.ValidString(text) {
		return api.Claims{}, errors.New("not UTF-8")
	}
	s := &scanner{text: text}
	if s.peek() != '{' {
		return api.Claims{}, errors.New("not a JSON object")
	}
	members, err := s.object()
	if err != nil {
		return api.Claims{}, err
	}
	if s.peek(); s.at < len(text) {
		return api.Claims{}, s.fail("data after the object")
	}
	return members, nil
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

// expect consumes white space and c.
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

// member reads `"name": value` and adds it to the members read already.
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

// names are the members of an object so far. Few are searched one by one, which
// is fastest; many through a map, so that a hostile token cannot make it slow.
type names struct {
	list []api.Claim
	set  map[string]bool
}

const fewNames = 16

func (n *names) has(name string) bool {
	if n.set != nil {
		return n.set[name]
	}
	for i := range n.list {
		if n.list[i].Name == name {
			return true
		}
	}
	return false
}

func (n *names) add(c api.Claim) {
	n.list = append(n.list, c)
	if n.set != nil {
		n.set[c.Name] = true
		return
	}
	if len(n.list) == fewNames {
		n.set = make(map[string]bool, 2*fewNames)
		for i := range n.list {
			n.set[n.list[i].Name] = true
		}
	}
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

// number returns an int64 where the text is an integer that fits, else the text.
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

// fraction consumes fraction and exponent and reports whether there is neither.
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

// next returns the byte at hand, 0 at the end.
func (s *scanner) next() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// digits consumes digits and reports whether there was one.
func (s *scanner) digits() bool {
	start := s.at
	for isDigit(s.next()) {
		s.at++
	}
	return s.at > start
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
