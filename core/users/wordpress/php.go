package wordpress

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Bounds on a serialised value: the largest one that WordPress stores here, the roles
// of a shop with all capabilities, has about 20 kB and 500 elements.
const (
	maxText     = 1 << 20
	maxDepth    = 8
	maxElements = 20_000
)

// entry is one element of a PHP array, in order; integer keys are formatted in decimal.
type entry struct {
	key   string
	value any // nil, bool, int64, float64, string or []entry
}

// parsePHP parses the output of PHP's serialize: scalars and arrays. Objects and
// references, which can run code in PHP, are errors, and so is trailing text.
func parsePHP(text string) (any, error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("serialised value has %d bytes; at most %d are read", len(text), maxText)
	}
	p := &phpParser{rest: text, left: maxElements}
	v, err := p.value(0)
	if err == nil && p.rest != "" {
		err = errors.New("text after the end")
	}
	if err != nil {
		return nil, fmt.Errorf("serialised value, at byte %d: %w", len(text)-len(p.rest), err)
	}
	return v, nil
}

type phpParser struct {
	rest string
	left int // elements that may still follow
}

func (p *phpParser) value(depth int) (any, error) {
	if p.take("N;") {
		return nil, nil
	}
	if len(p.rest) < 2 || p.rest[1] != ':' {
		return nil, errors.New("a value must begin with its type and a colon")
	}
	kind := p.rest[0]
	p.rest = p.rest[2:]
	switch kind {
	case 'b':
		return p.boolean()
	case 'i':
		return p.integer(';')
	case 'd':
		return p.float()
	case 's':
		return p.text()
	case 'a':
		return p.array(depth + 1)
	}
	return nil, fmt.Errorf("type %q is not read here", kind)
}

func (p *phpParser) take(s string) bool {
	rest, ok := strings.CutPrefix(p.rest, s)
	p.rest = rest
	return ok
}

func (p *phpParser) until(end byte) (string, error) {
	i := strings.IndexByte(p.rest, end)
	if i < 0 {
		return "", fmt.Errorf("no %q", end)
	}
	word := p.rest[:i]
	p.rest = p.rest[i+1:]
	return word, nil
}

func (p *phpParser) boolean() (any, error) {
	if p.take("1;") {
		return true, nil
	}
	if p.take("0;") {
		return false, nil
	}
	return nil, errors.New("a boolean is 0 or 1")
}

// integer parses a number only in PHP's own format: no plus sign, no leading zeros.
func (p *phpParser) integer(end byte) (int64, error) {
	word, err := p.until(end)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != word {
		return 0, errors.New("not a decimal integer")
	}
	return n, nil
}

func (p *phpParser) float() (any, error) {
	word, err := p.until(';')
	if err != nil {
		return nil, err
	}
	f, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return nil, errors.New("not a number")
	}
	return f, nil
}

// text parses a string, which is preceded by its length in bytes.
func (p *phpParser) text() (string, error) {
	n, err := p.integer(':')
	if err != nil {
		return "", err
	}
	if n < 0 || n > int64(len(p.rest)) || !p.take(`"`) || n > int64(len(p.rest)) {
		return "", errors.New("a string of that length does not follow")
	}
	s := p.rest[:n]
	p.rest = p.rest[n:]
	if !p.take(`";`) {
		return "", errors.New("a string does not end where its length says")
	}
	return s, nil
}

func (p *phpParser) array(depth int) (any, error) {
	n, err := p.integer(':')
	if err != nil {
		return nil, err
	}
	if depth > maxDepth || n < 0 || n > int64(p.left) {
		return nil, fmt.Errorf("more than %d levels or %d elements", maxDepth, maxElements)
	}
	p.left -= int(n)
	if !p.take("{") {
		return nil, errors.New("an array has no {")
	}
	var entries []entry
	seen := map[string]bool{}
	for range n {
		e, err := p.entry(depth)
		if err != nil {
			return nil, err
		}
		if seen[e.key] {
			return nil, errors.New("an array has a key twice")
		}
		seen[e.key] = true
		entries = append(entries, e)
	}
	if !p.take("}") {
		return nil, errors.New("an array has no } after its last element")
	}
	return entries, nil
}

func (p *phpParser) entry(depth int) (entry, error) {
	key, err := p.value(maxDepth) // a key is a scalar
	if err != nil {
		return entry{}, err
	}
	name, ok := key.(string)
	if n, isInt := key.(int64); isInt {
		name, ok = strconv.FormatInt(n, 10), true
	}
	if !ok {
		return entry{}, errors.New("a key is neither a string nor an integer")
	}
	v, err := p.value(depth)
	return entry{name, v}, err
}

// truth converts a value to a boolean as PHP does.
func truth(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != "" && v != "0"
	case []entry:
		return len(v) > 0
	}
	return false
}
