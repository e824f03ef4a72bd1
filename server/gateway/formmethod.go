package gateway

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// maxForm is the largest form in bytes in which _method is looked for: all of it is read
// before any is passed on.
const maxForm = 1 << 20

// maxNamed is in how many parts of a form a method is looked for: one more than a request
// may name.
const maxNamed = 5

// formMethods are the methods that a form names in _method, by which many frameworks go,
// where that could matter. An upstream with an inspector has its own reading.
func (f *forward) formMethods(c checker) ([]string, error) {
	if f.attempt.Method != http.MethodPost || f.gateway.inspectors[f.decision.Rule.Upstream] != nil {
		return nil, nil
	}
	kind := strings.ToLower(strings.Join(f.in.Header["Content-Type"], ","))
	encoded, parts := strings.Contains(kind, "x-www-form-urlencoded"), strings.Contains(kind, "multipart/form-data")
	if !encoded && !parts || f.in.Body == nil || f.in.Body == http.NoBody || !f.goesByMethod(c) {
		return nil, nil
	}
	if len(f.in.Header["Content-Encoding"]) > 0 {
		return nil, api.E(api.Invalid, api.ReasonMethodOverride, "a form that could name another method must not be compressed")
	}
	text, err := f.ReadAll(maxForm)
	switch {
	case f.lost != nil:
		return nil, api.E(api.Invalid, "bad_body", "the request body cannot be read")
	case api.CodeOf(err) == api.Unavailable:
		return nil, err
	case err != nil:
		return nil, api.E(api.Invalid, api.ReasonMethodOverride, "a form that could name another method is larger than 1 MiB")
	}
	out := partMethods(string(text))
	if encoded {
		out = append(out, namedMethods(string(text))...)
	}
	return out, nil
}

// goesByMethod reports whether another method could be refused where the request's own is
// not: by a rule, or for a second resource that POST takes no notice of.
func (f *forward) goesByMethod(c checker) bool {
	for _, method := range []string{"DELETE", "PUT", "PATCH", "GET", "MOVE", "COPY"} {
		if rule, _ := c.RuleAt(&f.attempt, method, f.attempt.Path); rule.StricterThan(f.decision.Rule) {
			return true
		}
	}
	targets, err := f.gateway.targets.Of(f.in, "MOVE")
	return err != nil || len(targets) > 0
}

// namesMethod finds the name of a part that is _method, also for those who take a dot or a
// bracket for an underscore.
var namesMethod = regexp.MustCompile(`(?i)name\*?\s*=\s*(?:utf-8'[^']*')?["']?\s*(?:[_.\[]|%5f)method(?:["'\[;\s\x00]|$)`)

// partMethods are the values of parts that are called _method, in capitals, wherever
// something like that stands in a multipart form.
func partMethods(text string) []string {
	var out []string
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for _, at := range namesMethod.FindAllStringIndex(text, maxNamed) { // more are refused in any case
		_, value, ok := strings.Cut(text[at[1]-1:], "\n\n")
		value, _, _ = strings.Cut(value, "\n")
		if !ok {
			value = "?" // no method
		}
		out = append(out, strings.ToUpper(strings.TrimSpace(value)))
	}
	return out
}
