package tree

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Read parses one YAML document into a struct. Invalid settings are reported and keep
// their defaults. It returns false if data is not valid YAML or uses aliases or tags.
func (r *Reader) Read(data []byte, top reflect.Value) (ok bool) {
	root, ok := r.document(data)
	if !ok || root == nil {
		return ok
	}
	if r.refuseAliases(root); r.wrong > 0 {
		return false
	}
	r.value(root, top, "")
	return true
}

// document returns the root node of the only document, nil for an empty file.
func (r *Reader) document(data []byte) (*yaml.Node, bool) {
	if at, bad := unreadable(data); bad {
		r.report("", at, "is not text: save the file as UTF-8 without control characters")
		return nil, false
	}
	var doc, second yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, true
	}
	if err != nil {
		at, text := syntaxError(data, err)
		r.report("", at, "is not YAML: %s", text)
		return nil, false
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		at := Place{secondDocument(data, doc.Line), 1}
		r.report("", at, "begins a second document: remove this line and everything after it")
		return nil, false
	}
	return doc.Content[0], true
}

// secondDocument returns the line that ends the first document, which starts at the line
// first.
func secondDocument(data []byte, first int) int {
	line := 0
	for text := range bytes.Lines(data) {
		line++
		mark := bytes.HasPrefix(text, []byte("---")) || bytes.HasPrefix(text, []byte("..."))
		if line > first && mark {
			return line
		}
	}
	return max(line, 1)
}

// unreadable returns the position of the first byte that is not UTF-8 or of the first
// control character.
func unreadable(data []byte) (Place, bool) {
	at := Place{1, 1}
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		switch {
		case c == utf8.RuneError && size == 1, c != '\t' && c != '\n' && c != '\r' && unicode.IsControl(c):
			return at, true
		case c == '\n':
			at.Line, at.Column = at.Line+1, 0
		}
		at.Column++
		i += size
	}
	return at, false
}
