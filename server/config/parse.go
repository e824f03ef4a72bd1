package config

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds the configuration file in bytes.
const maxFile = 1 << 20

// parse reads one YAML document into a struct; what is mistaken is left out. It is
// not ok where the file cannot be read as YAML, and nothing can be said of its
// settings.
func (w *walker) parse(data []byte, top reflect.Value) (ok bool) {
	root, ok := document(data, w.file, w.problems)
	if !ok || root == nil {
		return ok
	}
	if w.refuseAliases(root); len(*w.problems) > 0 {
		return false
	}
	w.value(root, top, "")
	return true
}

// document returns the root node of the only document, nil for an empty file.
func document(data []byte, file string, ps *Problems) (*yaml.Node, bool) {
	if at, bad := unreadable(data, file); bad {
		ps.add("", at, "is not text: save the file as UTF-8 without control characters")
		return nil, false
	}
	var doc, second yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, true
	}
	if err != nil {
		at, text := syntaxError(data, file, err)
		ps.add("", at, "is not YAML: %s", text)
		return nil, false
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		at := Origin{File: file, Line: secondDocument(data, doc.Line), Column: 1}
		ps.add("", at, "begins a second document: remove this line and everything after it")
		return nil, false
	}
	return doc.Content[0], true
}

// secondDocument returns the line that ends the first document, which begins in the
// line first.
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

// unreadable returns where data stops being text: the place of the first byte that
// is not UTF-8 or of the first control character.
func unreadable(data []byte, file string) (Origin, bool) {
	at := Origin{File: file, Line: 1, Column: 1}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1, r != '\t' && r != '\n' && r != '\r' && unicode.IsControl(r):
			return at, true
		case r == '\n':
			at.Line, at.Column = at.Line+1, 0
		}
		at.Column++
		i += size
	}
	return at, false
}
