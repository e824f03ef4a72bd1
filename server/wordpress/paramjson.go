package wordpress

import (
	"bytes"
	"encoding/json"
	"iter"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

// maxJSONDepth is PHP's limit of nesting.
const maxJSONDepth = 512

// isJSON reports whether WordPress treats the type as JSON: application/json and
// application/*+json, also as one of several types, as of clients that set the header twice.
func isJSON(contentType string) bool {
	types, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	for part := range strings.FieldsFuncSeq(types, func(r rune) bool { return strings.ContainsRune(", \t", r) }) {
		sub, ok := strings.CutPrefix(part, "application/")
		if sub = strings.TrimSuffix(sub, "+oembed"); ok && (sub == "json" || strings.HasSuffix(sub, "+json")) {
			return true
		}
	}
	return false
}

// jsonFault is an error of PHP's JSON parser.
type jsonFault struct {
	code int
	text string
}

func (f *jsonFault) refusal() Refusal {
	return Refusal{
		Status: http.StatusBadRequest, Code: "rest_invalid_json", Message: "Invalid JSON body passed.",
		Data: api.NewClaims(
			api.Claim{Name: "json_error_code", Value: f.code},
			api.Claim{Name: "json_error_message", Value: f.text},
		),
	}
}

// parseJSON parses a JSON body. An empty body, and a value that is not an object, have
// no parameters.
func parseJSON(body []byte) (map[string]any, *jsonFault) {
	if len(body) == 0 {
		return nil, nil
	}
	if !utf8.Valid(body) {
		return nil, &jsonFault{5, "Malformed UTF-8 characters, possibly incorrectly encoded"}
	}
	if depth(body) > maxJSONDepth {
		return nil, &jsonFault{1, "Maximum stack depth exceeded"}
	}
	if !json.Valid(body) {
		return nil, &jsonFault{4, "Syntax error"}
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, &jsonFault{4, "Syntax error"}
	}
	object, _ := v.(map[string]any)
	return object, nil
}

// maxJSONValues bounds the values of a body, because each takes many times the memory
// of its text.
const maxJSONValues = 4096

// punctuation yields the bytes of a body outside of strings.
func punctuation(body []byte) iter.Seq[byte] {
	return func(yield func(byte) bool) {
		quoted := false
		for i := 0; i < len(body); i++ {
			switch c := body[i]; {
			case quoted && c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case !quoted && !yield(c):
				return
			}
		}
	}
}

// manyValues reports whether a body has more than maxJSONValues values: each but the
// first follows a comma or an opening bracket.
func manyValues(body []byte) bool {
	n := 0
	for c := range punctuation(body) {
		if c == ',' || c == '[' || c == '{' {
			n++
		}
	}
	return n > maxJSONValues
}

// depth returns the nesting depth of the brackets.
func depth(body []byte) (deepest int) {
	level := 0
	for c := range punctuation(body) {
		switch c {
		case '{', '[':
			level++
			deepest = max(deepest, level)
		case '}', ']':
			level--
		}
	}
	return deepest
}
