package ijson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is the maximum nesting depth of objects and arrays.
const maxDepth = 100

// Decode decodes data, which must be a single JSON value, into the value that into points
// to. The error names the member and what is wanted. into may be partly written on error.
func Decode(data []byte, into any) error {
	if !utf8.Valid(data) {
		return errors.New("it is not UTF-8 text (RFC 7493 section 2.1)")
	}
	if hasHalfSurrogate(data) {
		return errors.New(`it has half of a surrogate pair, such as \ud800 alone (RFC 7493 section 2.1)`)
	}
	w := newWalker(data, maxDepth)
	if err := w.value(reflect.TypeOf(into).Elem(), 0); err != nil {
		return incomplete(err)
	}
	if _, err := w.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// Valid reports whether data is a single JSON value that all parsers read alike, nested at
// most levels deep.
func Valid(data []byte, levels int) bool {
	if !utf8.Valid(data) || hasHalfSurrogate(data) {
		return false
	}
	w := newWalker(data, levels-1)
	if w.value(nil, 0) != nil {
		return false
	}
	_, err := w.Token()
	return err == io.EOF
}

func incomplete(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("the JSON ends before it is complete")
	}
	return err
}

// walker walks through a value together with the type it is decoded into; a nil type
// accepts anything.
type walker struct {
	*json.Decoder
	maxDepth int
}

func newWalker(data []byte, maxDepth int) walker {
	w := walker{json.NewDecoder(bytes.NewReader(data)), maxDepth}
	w.UseNumber()
	return w
}

func (w walker) value(t reflect.Type, depth int) error {
	token, err := w.Token()
	if err != nil {
		return err
	}
	if depth > w.maxDepth {
		return fmt.Errorf("it is nested deeper than %d levels", w.maxDepth)
	}
	switch v := token.(type) {
	case json.Number:
		if _, err := strconv.ParseFloat(v.String(), 64); err != nil {
			return fmt.Errorf("number %.40s is beyond what a double holds (RFC 7493 section 2.2)", v)
		}
	case json.Delim:
		if v == '{' {
			return w.object(t, depth)
		}
		return w.array(element(t), depth)
	}
	return nil
}

func (w walker) array(t reflect.Type, depth int) error {
	for w.More() {
		if err := w.value(t, depth+1); err != nil {
			return err
		}
	}
	_, err := w.Token()
	return err
}

func (w walker) object(t reflect.Type, depth int) error {
	seen := map[string]bool{}
	members, inStruct := fields(t)
	for w.More() {
		token, err := w.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if seen[name] {
			return fmt.Errorf("member %.64q occurs twice (RFC 7493 section 2.3)", name)
		}
		seen[name] = true
		of, known := members[name]
		if inStruct && !known {
			return fmt.Errorf("unknown field %.64q%s", name, otherCase(name, members))
		}
		if !inStruct {
			of = element(t)
		}
		if err := w.value(of, depth+1); err != nil {
			return err
		}
	}
	_, err := w.Token()
	return err
}

func otherCase(name string, members map[string]reflect.Type) string {
	for known := range members {
		if strings.EqualFold(name, known) {
			return fmt.Sprintf(": it is written %q", known)
		}
	}
	return ""
}

// element returns the element type of a slice, array or map, or nil for anything else.
func element(t reflect.Type) reflect.Type {
	if t = target(t); t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map) {
		return t.Elem()
	}
	return nil
}

// target dereferences pointer types. It returns nil for a type that decodes itself.
func target(t reflect.Type) reflect.Type {
	for t != nil {
		if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
			return nil
		}
		if t.Kind() != reflect.Pointer {
			return t
		}
		t = t.Elem()
	}
	return nil
}

// fields returns the members of a struct by JSON name; ok is false for any other type.
func fields(t reflect.Type) (members map[string]reflect.Type, ok bool) {
	if t = target(t); t == nil || t.Kind() != reflect.Struct {
		return nil, false
	}
	members = map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case !f.IsExported() || name == "-" || f.Anonymous && name == "":
			continue
		case name == "":
			name = f.Name
		}
		members[name] = f.Type
	}
	return members, true
}

// hasHalfSurrogate reports whether an escape is a lone surrogate, which decoders replace in
// different ways.
func hasHalfSurrogate(data []byte) bool {
	for i := bytes.IndexByte(data, '\\'); i >= 0 && i+1 < len(data); {
		step := 2
		if c := escaped(data[i:]); c >= 0xD800 && c < 0xE000 {
			low := escaped(data[min(i+6, len(data)):])
			if c >= 0xDC00 || low < 0xDC00 || low >= 0xE000 {
				return true
			}
			step = 12
		}
		next := bytes.IndexByte(data[min(i+step, len(data)):], '\\')
		if next < 0 {
			return false
		}
		i += step + next
	}
	return false
}

// escaped returns the code unit of an escape \uXXXX at the start of data, or 0.
func escaped(data []byte) uint64 {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0
	}
	c, err := strconv.ParseUint(string(data[2:6]), 16, 32)
	if err != nil {
		return 0
	}
	return c
}
