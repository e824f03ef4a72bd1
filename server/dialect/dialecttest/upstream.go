package dialecttest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
)

// upstream is the WordPress behind the gateway: it returns the recorded answer to an equal
// request of the same client, and unheard if there is none.
type upstream struct {
	rows []Row // of the whole transcript
	row  Row   // the current row, preferred among equal ones
}

// unheard is a status that no server uses.
const unheard = 599

// RoundTrip implements http.RoundTripper.
func (u upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	user, target := r.Header.Get(core.HeaderUser), r.URL.RequestURI()
	fault := "never recorded: " + target
	for _, same := range []func(a, b Request) bool{identical, sameRoute} {
		for i, row := range append([]Row{u.row}, u.rows...) {
			if i > 0 && row.Response.Status == http.StatusBadRequest {
				continue // the error of that request does not apply to this one
			}
			if !same(row.Request, Request{Method: r.Method, Path: target}) {
				continue
			}
			if fault = row.mistakes(user); fault == "" {
				return row.Response.HTTP(r), nil
			}
		}
	}
	if row, ok := u.refusal(r.Method, target); ok && user == "" {
		return row.Response.HTTP(r), nil
	}
	return answer(r, unheard, fmt.Sprintf(`{"code":%q}`, fault)), nil
}

// refusal returns the recorded refusal of an anonymous request to a route, ignoring
// parameters: WordPress checks authentication first.
func (u upstream) refusal(method, target string) (Row, bool) {
	path, _ := restRoute(target)
	i := slices.IndexFunc(u.rows, func(row Row) bool {
		var body any
		recorded, _ := restRoute(row.Request.Path)
		return path != "" && recorded == path && row.Request.Method == method &&
			json.Unmarshal(row.Response.Body, &body) == nil && code(body) == "rest_not_logged_in"
	})
	if i < 0 {
		return Row{}, false
	}
	return u.rows[i], true
}

func identical(a, b Request) bool { return a.Method == b.Method && a.Path == b.Path }

// sameRoute reports whether two requests are to the same REST route, in any of
// WordPress's forms, with the same parameters.
func sameRoute(a, b Request) bool {
	pathA, argsA := restRoute(a.Path)
	pathB, argsB := restRoute(b.Path)
	return a.Method == b.Method && pathA != "" && pathA == pathB && argsA == argsB
}

func restRoute(target string) (path, args string) {
	path, query, found := strings.Cut(target, "?")
	values, err := url.ParseQuery(query)
	if named := values.Get("rest_route"); found && named != "" {
		path = "/wp-json" + named
	}
	values.Del("rest_route")
	if err != nil || !strings.HasPrefix(path, "/wp-json") || strings.Contains(path, "%") {
		return "", ""
	}
	return strings.ToLower(path), values.Encode()
}

// HTTP returns the recorded response with the compared headers.
func (a Response) HTTP(r *http.Request) *http.Response {
	out := answer(r, a.Status, string(a.Body))
	for _, name := range slices.Concat(headers, crossOrigin) {
		for value := range strings.SplitSeq(string(a.Headers[name]), "\n") {
			if value != "" {
				out.Header.Add(name, value)
			}
		}
	}
	return out
}

func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}
}

// mistakes returns why a row is not WordPress's answer to this user, "" if it is: the
// plugin answered itself, or WordPress saw another user.
func (row Row) mistakes(user string) string {
	var body any
	if json.Unmarshal(row.Response.Body, &body) != nil {
		return ""
	}
	status, code := row.Response.Status, code(body)
	rest := strings.HasPrefix(code, "rest_") || strings.HasPrefix(code, "cocart_rest_")
	refusedEarly := word(body, "status") == "error" || code != "" && !rest && status >= 400
	switch me := strings.Contains(row.Request.Path, "/users/me"); {
	case refusedEarly:
		return "the plugin let nobody through"
	case status == http.StatusUnauthorized && rest && user != "":
		return "passed as " + user + ", recorded as nobody"
	case (status == http.StatusForbidden && rest || status == http.StatusCreated || me && status == http.StatusOK && row.Request.Method != "OPTIONS") && user == "":
		return "passed as nobody, recorded as somebody"
	case me && status == http.StatusOK && user != "":
		return otherUser(body, user)
	}
	return ""
}

func otherUser(body any, user string) string {
	object, _ := body.(map[string]any)
	id, ok := object["id"].(float64)
	list := Users()
	if ok && int(id) <= len(list) && list[int(id)-1].Login != user {
		return "passed as " + user + ", recorded as " + list[int(id)-1].Login
	}
	return ""
}
