package tree

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

var (
	syntaxForm    = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)
	parserError   = regexp.MustCompile(`^did not find expected (?:<document start>|node content|'-' indicator|key$|',' or)`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxError extracts line and text from the library's message, and adds how to fix it.
// The library counts lines from zero in parser errors ("did not find expected ..."), from
// one in scanner errors, and omits line zero.
func syntaxError(data []byte, err error) (Place, string) {
	line, text := 1, err.Error()
	if m := syntaxForm.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1]) // "" is 0
		if text = m[2]; parserError.MatchString(text) {
			line++
		}
	}
	lines := bytes.Split(data, []byte("\n"))
	if m := unknownAnchor.FindStringSubmatch(text); m != nil {
		return aliasPlace(lines, "*"+m[1]), text + ": write the value itself, or in quotes if it begins with *"
	}
	line = min(max(line, 1), len(lines))
	if at, found := tabIndent(lines[:min(line+1, len(lines))]); found {
		return at, "a tab indents this line, which YAML does not allow: replace it with spaces"
	}
	at := Place{line, 1 + len(lines[line-1]) - len(bytes.TrimLeft(lines[line-1], " "))}
	return at, text + ": " + syntaxCure(text)
}

// aliasPlace returns the place of an alias, for which the library gives none.
func aliasPlace(lines [][]byte, alias string) Place {
	for i, line := range lines {
		text, _, _ := bytes.Cut(line, []byte(" #"))
		if at := bytes.Index(text, []byte(alias)); at >= 0 && !bytes.HasPrefix(bytes.TrimSpace(text), []byte("#")) {
			return Place{i + 1, at + 1}
		}
	}
	return Place{1, 1}
}

// tabIndent finds the last line with a tab in its indentation.
func tabIndent(lines [][]byte) (Place, bool) {
	for i := len(lines) - 1; i >= 0; i-- {
		text := bytes.TrimLeft(lines[i], " \t")
		front := lines[i][:len(lines[i])-len(text)]
		if tab := bytes.IndexByte(front, '\t'); tab >= 0 && len(bytes.TrimSpace(text)) > 0 && text[0] != '#' {
			return Place{i + 1, tab + 1}, true
		}
	}
	return Place{}, false
}

// syntaxCure returns how to fix the error that a message of the YAML library reports.
func syntaxCure(text string) string {
	for _, c := range [...]struct{ part, cure string }{
		{"mapping values are not allowed", "give the line the indentation of its neighbours, or write a value that holds a colon and a space in quotes"},
		{"did not find expected ',' or ']'", "separate the entries with commas, and end the list with ]"},
		{"did not find expected ',' or '}'", "separate the keys with commas, and end them with }"},
		{"did not find expected '-'", "give every entry of the list the same indentation"},
		{"did not find expected key", "give every key of a section the same indentation"},
		{"block sequence entries are not allowed", "write the list on lines of its own, below its key"},
		{"unexpected end of stream", "end the text with the quote that it begins with"},
		{"could not find expected ':'", "write a colon and a space between key and value"},
		{"cannot start any token", "write the value in quotes"},
		{"unknown escape character", "write the text in single quotes, in which a backslash is one"},
		{"alphabetic or numeric", "write a value that begins with & or * in quotes"},
	} {
		if strings.Contains(text, c.part) {
			return c.cure
		}
	}
	return "compare the line with those above it, or write the value in quotes"
}
