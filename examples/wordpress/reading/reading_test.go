package reading_test

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/server/wordpress"
)

//go:embed testdata/ask.php
var askScript string

// oracle is a real WordPress that reports what it reads in requests, one per line.
type oracle struct {
	in  io.Writer
	out *bufio.Reader
}

// question is a request as a web server passes it to PHP.
type question struct {
	Home   string `json:"home"` // path of the site's home URL
	Method string `json:"method"`
	Target string `json:"target"`
	Script string `json:"script"` // as the server says
	Info   string `json:"info"`   // PATH_INFO, "" for none
}

// finding is the REST route and the method that WordPress uses; Route is "page" if there is
// none.
type finding struct{ Route, Method string }

func newOracle(t testing.TB) *oracle {
	t.Helper()
	site := parts.WordPress(t, "")
	parts.Write(t, site.Dir, "ask.php", askScript)
	cmd := parts.Command(site.Dir, parts.Find(t, "php", "php-cli"), "-d", "display_errors=stderr", "ask.php")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait() // it ends with its input
	})
	return &oracle{in, bufio.NewReader(out)}
}

func (o *oracle) ask(t testing.TB, q question) (f finding) {
	t.Helper()
	text, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.in.Write(append(text, '\n')); err != nil {
		t.Fatal(err)
	}
	line, err := o.out.ReadString('\n')
	if err == nil {
		err = json.Unmarshal([]byte(line), &f)
	}
	if err != nil {
		t.Fatalf("%+v: %v in %s", q, err, line)
	}
	return f
}

// asReceived returns how a server could pass a request to PHP: to index.php by a rewrite
// rule, and to each script at the start of its path.
func asReceived(method, path, query string) []question {
	target := route.EscapePath(path)
	if query != "" {
		target += "?" + query
	}
	list := []question{{Method: method, Target: target, Script: "/index.php"}}
	for at := range path {
		if script := path[:at]; path[at] == '/' && strings.HasSuffix(strings.ToLower(script), ".php") {
			list = append(list, question{Method: method, Target: target, Script: script, Info: path[at:]})
		}
	}
	return list
}

// compare fails the test unless the route that WordPress finds in a request is among those
// that the gateway decides on.
func (o *oracle) compare(t testing.TB, h home, method, raw string) (read bool) {
	t.Helper()
	path, query, err := route.Canonical(raw)
	if err != nil {
		return false // goes no further
	}
	r, err := wordpress.Reader{REST: h.rest}.Read(method, path, query)
	if err != nil {
		return false
	}
	for _, q := range asReceived(method, path, query) {
		q.Home = h.path
		found := o.ask(t, q)
		agrees := func(m route.Meaning) bool {
			route, err := url.PathUnescape(found.Route)
			if err != nil {
				route = found.Route
			}
			if !m.IsREST() {
				return found.Route == "page"
			}
			return strings.EqualFold(route, m.Name()) && found.Method == m.Method
		}
		if !slices.ContainsFunc(slices.Collect(r.All()), agrees) && found.Method != "" {
			t.Errorf("home %q, API %v, %s %s: WordPress finds %+v as %+v; the gateway decides on %+v", h.path, h.rest, method, raw, found, q, r)
		}
	}
	return true
}

// homes are the compared sites, and where the gateway is told that their API is. For a
// language and a site of a network it is told nothing.
func homes() []home {
	return []home{
		{"", nil}, {"/blog", []string{"/blog/wp-json"}}, {"/pt-br", nil}, {"/forum", []string{"/wp-json", "/forum/wp-json"}}, {"/a/b", []string{"/a/b/wp-json"}},
	}
}

type home struct {
	path string
	rest []string
}

// request is a method and a target.
type request struct{ method, target string }

// fooling returns combinations of requests that have misled gateways.
func fooling() (list []request) {
	for _, dir := range []string{"", "/blog", "/BLOG", "/pt-br", "/x/y", "/wp-content", "/blog/wp-content/x", "/wp"} {
		for _, script := range []string{"", "/index.php", "/index-php", "/indexXphp", "/index%20php", "/index+php", "/wp-trackback.php", "/Index.php", "/index.php/blog", "/index.php/index.php"} {
			for _, name := range []string{"/wp-json", "/WP-JSON", "/blogwp-json", "/xwp-json", "/wp-js%6fn", "/wp-jsonx", "/index.php/wp-json"} {
				for _, at := range []string{"", "/", "/wp/v2/Users", "/wp/v2/users/index.php", "/wp-admin/x", "/a%3Fb", "/a%20b+c", "/wp-json/wp/v2/posts", "/caf%C3%A9"} {
					list = append(list, request{"GET", dir + script + name + at})
				}
			}
		}
	}
	return append(list, foolingQueries()...)
}

func foolingQueries() (list []request) {
	for _, method := range []string{"GET", "delete", "Post", "HEAD", "opti\u017fons"} {
		for _, query := range []string{"", "_method=delete", "_method=PO%C5%BFT", "_method[]=PUT", ".method=PUT", "%20_method=PUT", "[method=PUT", "_method=", "_method=put&_method=get", "a=%zz&_method=Patch"} {
			list = append(list, request{method, "/wp-json/wp/v2/posts?" + query})
		}
	}
	for _, page := range []string{"/", "/index.php", "/wp-json", "/wp-json/a", "/blog/", "/blog/index.php", "/page/", "/pt-br/"} {
		for _, query := range []string{
			"rest_route=/a", "rest.route=/a", "rest%20route=/a", "+rest_route=/a", "rest[route=/a", "rest[route[x]=/a", "rest_route[]=/a", "rest_route%00=/a", "%72est_route=/A/", "rest_route=/",
			"rest_route=", "rest_route", "rest_route=a", "rest_route=/a&rest_route=/b", "REST_ROUTE=/a", "rest_route=/a%0A", "rest_route=/a%5C", "?rest_route=/a", "x=1;rest_route=/a", "rest%00_route=/a",
			strings.Repeat("a=b&", 1100) + "rest_route=/a",
		} {
			list = append(list, request{"GET", page + "?" + query})
		}
	}
	return list
}

// TestReading_asWordPress: the gateway decides on every route that WordPress itself finds
// in a request. A site that runs WordPress's own code reports it.
func TestReading_asWordPress(t *testing.T) {
	o := newOracle(t)
	read := 0
	for _, r := range fooling() {
		for _, h := range homes() {
			if o.compare(t, h, r.method, r.target) {
				read++
			}
		}
	}
	t.Logf("the gateway has read %d of %d requests, and refused the others", read, len(fooling())*len(homes()))
	if read < 5000 {
		t.Errorf("the gateway accepted %d requests: too few for this test", read)
	}
}

// FuzzReading_asWordPress starts from these requests.
func FuzzReading_asWordPress(f *testing.F) {
	for i, r := range fooling() {
		if i%97 == 0 || r.method != "GET" {
			f.Add(r.method, r.target)
		}
	}
	o := newOracle(f)
	f.Fuzz(func(t *testing.T, method, target string) {
		if method == "" || strings.Trim(method, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-\u017f") != "" {
			return // not a token that a server accepts as a method
		}
		for _, h := range homes() {
			o.compare(t, h, method, target)
		}
	})
}
