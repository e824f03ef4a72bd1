package wordpress

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// maxBody is the largest accepted body, in bytes.
const maxBody = 256 << 10

// Params are the parameters of a request, looked up as WordPress's REST layer does: in
// a JSON body, then in a form, then in the query. Types are kept. The zero value is
// empty.
type Params struct{ body, query map[string]any }

// ReadParams reads the body according to its Content-Type. A body of another type has
// no parameters. ok is false if the body is rejected with f: invalid JSON (400
// rest_invalid_json), a body of more than 256 KiB or thousands of values (413), or lack
// of memory (503).
func ReadParams(r *http.Request) (p Params, f Refusal, ok bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong || len(body) > maxBody {
		return p, tooLarge(), false
	}
	if busy, ok := errors.AsType[*api.Error](err); ok {
		return p, Refusal{
			Status: http.StatusServiceUnavailable, Code: "rest_unavailable", Message: busy.Public, Reason: busy.Reason,
			RetryAfter: busy.RetryAfter,
		}, false
	}
	if err != nil {
		return p, Refusal{Status: http.StatusBadRequest, Code: "rest_invalid_body", Message: "The request ended before its time."}, false
	}
	switch contentType := r.Header.Get("Content-Type"); {
	case isJSON(contentType):
		if manyValues(body) {
			return p, tooLarge(), false
		}
		object, fault := parseJSON(body)
		if fault != nil {
			return p, fault.refusal(), false
		}
		p.body = object
	case r.Method == http.MethodPost || r.Header[OverrideHeader] != nil:
		p.body = parseForm(contentType, body)
	}
	p.query = parsePairs(r.URL.RawQuery)
	return p, f, true
}

func tooLarge() Refusal {
	return Refusal{Status: http.StatusRequestEntityTooLarge, Code: "rest_content_too_large", Message: "The request is too large."}
}

// Get returns the parameter in its own type: string, bool, json.Number, []any or
// map[string]any. A JSON null counts as absent.
func (p Params) Get(name string) (any, bool) {
	if v := p.body[name]; v != nil {
		return v, true
	}
	v := p.query[name]
	return v, v != nil
}

// Text returns a scalar parameter converted to a string as in PHP; "" for a list, an
// object or an absent parameter.
func (p Params) Text(name string) string {
	v, _ := p.Get(name)
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "1"
		}
	case json.Number:
		return numberText(v)
	}
	return ""
}

// Missing returns the names without a value, as the REST layer checks required
// parameters.
func (p Params) Missing(names ...string) (missing []string) {
	for _, name := range names {
		if _, ok := p.Get(name); !ok {
			missing = append(missing, name)
		}
	}
	return missing
}

// Query returns the parameters of the query alone, for plugins that read it first.
func (p Params) Query() Params { return Params{query: p.query} }

// Answers returns the string values of all parameters other than besides, such as the
// code of a second factor. It excludes the query, where such values do not belong.
func (p Params) Answers(besides ...string) map[string]string {
	answers := map[string]string{}
	for name := range p.body {
		text := Params{body: p.body}.Text(name)
		if text != "" && !slices.Contains(besides, name) {
			answers[name] = text
		}
	}
	return answers
}

// numberText formats integers unchanged and other numbers in their shortest form: 1.50
// is "1.5".
func numberText(n json.Number) string {
	if !strings.ContainsAny(n.String(), ".eE") {
		return n.String()
	}
	f, err := n.Float64()
	if err != nil {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
