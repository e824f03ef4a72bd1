package config

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds the configuration file in bytes.
const maxFile = 1 << 20

// parse reads one YAML document into a tree of plain values. Places go to prov,
// mistakes to ps; what is left of a mistaken file must not be used.
func parse(data []byte, prov *Provenance, ps *problems) tree {
	root, ok := document(data, prov.File, ps)
	if !ok || root == nil {
		return tree{}
	}
	w := &walker{file: prov.File, prov: prov, problems: ps}
	if w.refuseAliases(root); len(*ps) > 0 {
		return tree{}
	}
	top, _ := w.value(root, reflect.TypeFor[Config](), "").(map[string]any)
	return top
}

// document returns the root node of the only document, nil for an empty file.
func document(data []byte, file string, ps *problems) (*yaml.Node, bool) {
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
		at, text := syntaxError(file, err)
		ps.add("", at, "is not YAML: %s", text)
		return nil, false
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		ps.add("", Origin{File: file}, "holds more than one document: remove everything after the second ---")
		return nil, false
	}
	return doc.Content[0], true
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

var syntaxForm = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// syntaxError takes line and text out of the library's message. It counts lines from
// zero in what its parser finds ("did not find expected ..."), from one in what its
// scanner finds, and leaves out a zero.
func syntaxError(file string, err error) (Origin, string) {
	o, text := Origin{File: file, Line: 1, Column: 1}, err.Error()
	m := syntaxForm.FindStringSubmatch(text)
	if m == nil {
		return o, text
	}
	line, _ := strconv.Atoi(m[1]) // "" is 0
	if text = m[2]; strings.HasPrefix(text, "did not find expected") {
		line++
	}
	o.Line = max(line, 1)
	return o, text
}
