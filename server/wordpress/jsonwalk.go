package wordpress

import (
	"bytes"
	"encoding/json"
)

// The functions below walk over JSON text that [json.Valid] has accepted. They build no
// values: a body of 1 MB can have a hundred thousand members.

// value is valid JSON text, or empty.
type value []byte

// members calls yield with each member of an object in order, until it returns false.
// It reports whether v is an object and was walked to its end.
func (v value) members(yield func(name string, of value) bool) bool {
	return v.each('{', func(item value) (value, bool) {
		name, rest := item.cut()
		rest = rest.trim()[1:] // the colon
		of, rest := rest.cut()
		return rest, yield(name.text(), of)
	})
}

// elements is like members, for an array.
func (v value) elements(yield func(value) bool) bool {
	return v.each('[', func(item value) (value, bool) {
		of, rest := item.cut()
		return rest, yield(of)
	})
}

// items is like elements, also for the values of an object, which PHP takes for a list.
func (v value) items(yield func(value) bool) bool {
	return v.elements(yield) || v.members(func(_ string, of value) bool { return yield(of) })
}

// each calls take for every item of an object or array that starts with opening.
func (v value) each(opening byte, take func(value) (rest value, more bool)) bool {
	v = v.trim()
	if len(v) == 0 || v[0] != opening {
		return false
	}
	for v = v[1:].trim(); v[0] != '}' && v[0] != ']'; v = v.trim() {
		more := false
		if v, more = take(v); !more {
			return false
		}
		if v = v.trim(); v[0] == ',' {
			v = v[1:]
		}
	}
	return true
}

// trim removes leading white space.
func (v value) trim() value {
	for len(v) > 0 && (v[0] == ' ' || v[0] == '\t' || v[0] == '\n' || v[0] == '\r') {
		v = v[1:]
	}
	return v
}

// cut splits v after its first value.
func (v value) cut() (first, rest value) {
	v = v.trim()
	end := 0
	switch v[0] {
	case '"':
		end = v.stringEnd(0)
	case '{', '[':
		end = v.listEnd()
	default: // a number or literal
		end = bytes.IndexAny(v, " \t\r\n,]}") // it is inside a list or object, which ends
	}
	return v[:end], v[end:]
}

// stringEnd returns the end of the string that begins at i.
func (v value) stringEnd(i int) int {
	for i++; v[i] != '"'; i++ {
		if v[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// listEnd returns the end of the object or array at the beginning of v.
func (v value) listEnd() int {
	depth := 0
	for i := 0; ; {
		switch v[i] {
		case '"':
			i = v.stringEnd(i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if i++; depth == 0 {
			return i
		}
	}
}

// text returns the value of a JSON string; "" for any other value.
func (v value) text() string {
	var s string
	v.isText(&s)
	return s
}

// isText decodes a JSON string into a Go string and reports whether v is one.
// json.Unmarshal alone would accept null.
func (v value) isText(into *string) bool {
	return len(v) > 0 && v[0] == '"' && json.Unmarshal(v, into) == nil
}

// isDeep reports whether the nesting depth of objects and arrays exceeds limit.
func (v value) isDeep(limit int) bool {
	depth := 0
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '"':
			i = v.stringEnd(i) - 1
		case '{', '[':
			if depth++; depth > limit {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}
