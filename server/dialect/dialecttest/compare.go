package dialecttest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// headers are the response headers that are compared.
var headers = []string{"content-type", "x-robots-tag", "x-content-type-options", "link", "allow"}

// crossOrigin are the CORS headers that are compared. Permission to use credentials is
// never given, where the plugins give it to every origin.
var crossOrigin = []string{
	"access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers", "access-control-expose-headers", "access-control-max-age",
}

// ours are the claims that Cardea adds to a plugin's.
var ours = []string{"jti", "sid", "gen"}

// differences lists the differences between an answer and the recorded one. s.Extra
// names additional members that are allowed, such as "data.reason".
func differences(row Row, got *httptest.ResponseRecorder, s Suite) []string {
	var list []string
	if got.Code != row.Response.Status {
		list = append(list, fmt.Sprintf("status %d, recorded %d", got.Code, row.Response.Status))
	}
	var want any
	if err := json.Unmarshal(row.Response.Body, &want); err != nil {
		return append(list, "the recorded body is not JSON: "+err.Error())
	}
	if _, text := want.(string); text || row.Request.Method == "HEAD" {
		return list // from the web server, not the REST layer, or without a body
	}
	var body any
	if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil {
		return append(list, "the body is not JSON: "+err.Error())
	}
	for _, name := range []string{"code", "error"} {
		if g, w := word(body, name), word(want, name); g != w {
			list = append(list, fmt.Sprintf("%s %q, recorded %q", name, g, w))
		}
	}
	for _, name := range headers {
		if g, w := got.Header().Get(name), string(row.Response.Headers[name]); g != w && w != "" {
			list = append(list, fmt.Sprintf("header %s: %q, recorded %q", name, g, w))
		}
	}
	return append(list, shape("", body, want, s)...)
}

// crossOriginDifferences compares the CORS headers with the recorded ones. If the recorded
// plugin had CORS settings, which belong to the server here, it may list more.
func crossOriginDifferences(row Row, got *httptest.ResponseRecorder, configured bool) (list []string) {
	for _, name := range crossOrigin {
		g, w := got.Header().Get(name), string(row.Response.Headers[name])
		isOrigin := name == "access-control-allow-origin"
		same := g == w || w == "" && !isOrigin || configured && !isOrigin && strings.HasPrefix(w, g)
		if !same {
			list = append(list, fmt.Sprintf("header %s: %q, recorded %q", name, g, w))
		}
	}
	if got.Header().Get("Access-Control-Allow-Credentials") != "" {
		list = append(list, "credentials are allowed")
	}
	return list
}

func code(body any) string { return word(body, "code") }

// word returns a string member of an object.
func word(body any, name string) string {
	object, _ := body.(map[string]any)
	text, _ := object[name].(string)
	return text
}

// shape compares members and types.
func shape(path string, got, want any, s Suite) []string {
	if g, w := kind(got), kind(want); g != w {
		return []string{fmt.Sprintf("%s is %s, recorded %s", path, g, w)}
	}
	switch want := want.(type) {
	case map[string]any:
		return objectShape(path, got.(map[string]any), want, s)
	case []any:
		return listShape(path, got.([]any), want, s)
	case string:
		return tokenShape(path, got.(string), want, s.Volatile)
	}
	return nil
}

func objectShape(path string, got, want map[string]any, s Suite) (list []string) {
	for name, w := range want {
		g, there := got[name]
		if !there {
			list = append(list, "lacks "+join(path, name))
			continue
		}
		list = append(list, shape(join(path, name), g, w, s)...)
	}
	for name := range got {
		if _, there := want[name]; !there && !slices.Contains(s.Extra, join(path, name)) {
			list = append(list, "has "+join(path, name)+" besides")
		}
	}
	return list
}

func listShape(path string, got, want []any, s Suite) (list []string) {
	if len(got) != len(want) {
		return []string{fmt.Sprintf("%s has %d items, recorded %d", path, len(got), len(want))}
	}
	for i := range want {
		list = append(list, shape(fmt.Sprintf("%s[%d]", path, i), got[i], want[i], s)...)
	}
	return list
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case string:
		return "a text"
	case []any:
		return "a list"
	}
	return "an object"
}

// tokenShape compares header and claims of two tokens: names, types and order, and all
// values that do not depend on time. Strings that are not tokens are not compared.
func tokenShape(path, got, want string, volatile []string) []string {
	w, err := token.Parse(want)
	if err != nil {
		return nil
	}
	g, err := token.Parse(got)
	if err != nil {
		return []string{path + " is not a token: " + err.Error()}
	}
	var list []string
	if g, w := head(got), head(want); g != w {
		list = append(list, fmt.Sprintf("%s has the header %s, recorded %s", path, g, w))
	}
	if g, w := written(g.Claims().Without(ours...), volatile), written(w.Claims(), volatile); g != w {
		list = append(list, fmt.Sprintf("%s has the claims %s, recorded %s", path, g, w))
	}
	return list
}

func head(text string) string {
	first, _, _ := strings.Cut(text, ".")
	raw, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// written returns the JSON of claims with times relative to iat.
func written(c api.Claims, volatile []string) string {
	for _, path := range volatile {
		c = blank(c, strings.Split(path, "."))
	}
	iat, _ := c.Int("iat")
	for _, name := range []string{"nbf", "exp", "iat"} {
		if n, ok := c.Int(name); ok {
			c = c.With(name, n-iat)
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// blank replaces a value by its type.
func blank(c api.Claims, path []string) api.Claims {
	value, there := c.Get(path[0])
	inner, object := value.(api.Claims)
	switch {
	case !there:
		return c
	case object && len(path) > 1:
		return c.With(path[0], blank(inner, path[1:]))
	}
	return c.With(path[0], kind(value))
}
