package route

import (
	"fmt"
	"strings"
	"testing"
)

// TestReadPHPName: of each spelling, whether PHP takes it for the name.
func TestReadPHPName(t *testing.T) {
	for key, want := range map[string]likeness{
		"rest_route": same, "rest.route": same, "rest route": same, "rest[route": same, "  rest_route": same,
		"rest_route[": unclear, "rest_route[]": unclear, "rest[route[": unclear, "rest_route\x00": unclear, "rest_route\x00x": unclear,
		"rest_rout": other, "rest_routes": other, "Rest_route": other, "rest-route": other, "restXroute": other, "rest_route.": other,
		"re.t_route": other, "re[t_route": other, "re t_route": other, "": other, "x": other, "rest_route ": other,
	} {
		if got := readPHPName(key, "rest_route"); got != want {
			t.Errorf("%q: got %v, want %v", key, got, want)
		}
		if want := want != other; NamesRoute(strings.ReplaceAll(key, " ", "+")) != want || IsRouteName(key) != want {
			t.Errorf("%q names a route: want %v", key, want)
		}
	}
	for key, want := range map[string]likeness{"_method": same, ".method": same, "[method": unclear, " method": other, "[method[": unclear, " _method": same} {
		if got := readPHPName(key, "_method"); got != want {
			t.Errorf("%q: got %v, want %v", key, got, want)
		}
	}
}

// TestPHPDecode: each byte behind a percent sign, and what is no triplet.
func TestPHPDecode(t *testing.T) {
	for c := range 256 {
		want := string([]byte{byte(c)})
		for _, text := range []string{fmt.Sprintf("%%%02x", c), fmt.Sprintf("%%%02X", c)} {
			if got := phpDecode("%zz" + text + "+b"); got != "%zz"+want+" b" {
				t.Errorf("%s: got %q", text, got)
			}
		}
	}
	for text, want := range map[string]string{
		"": "", "a": "a", "+": " ", "a+b": "a b", "%": "%", "%4": "%4", "%41": "A", "%4g": "%4g", "%g4": "%g4", "a%": "a%", "%%41": "%A", "%2541": "%41", "41%4": "41%4",
	} {
		if got := phpDecode(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestPHPParameter: where a parameter is found, hidden or twice.
func TestPHPParameter(t *testing.T) {
	many := strings.Repeat("a=b&", maxParameters-1)
	for query, want := range map[string]string{
		"": "none", "a=b": "none", "p=x": "x", "p": "", "p=": "", "a&p=x+y%2b": "x y+", "p=x&a=b": "x", "p=x=y": "x=y", "a=p": "none", "%70=x": "x",
		"p=x&p=y": "error", "p=x&%70=x": "error", "p[]=x": "error", "p[a]=x&a": "error", "p%00=x": "error",
		"p=x&a=b;c": "x", "a=b;c&p=x": "x", "a=b?c&p=x": "x", "?a=b&p=x": "x", "p=x?": "x?", "p=x;": "x;", "p=x;a": "x;a", "pp=x;a": "none",
		"?p=x": "error", "??p=x": "error", "a=b;p=x": "error", "a;b;p": "error", "a;p=x;b": "error", "a=b&c;p=x": "error", "a;%70=x": "error", "?%70=x": "error",
		many + "p=x": "x", many + "a=b&p=x": "error", many + "a=b&a=b": "none", "p=x&" + many + "a=b": "error",
	} {
		found, value, err := phpParameter(query, "p")
		got := value
		switch {
		case err != nil:
			got = "error"
		case !found:
			got = "none"
		}
		if got != want || got == "error" && (found || value != "") {
			t.Errorf("%.60q: got %q, %v, want %q", query, got, err, want)
		}
	}
}

// TestHasParameter: what could be found, in any form.
func TestHasParameter(t *testing.T) {
	for query, want := range map[string]bool{
		"": false, "a=p": false, "p": true, "p=x": true, "a=b&p=x": true, "?p=x": true, "p[]=x": true, "%70=x": true, "a=b&??p": true,
		"a;p=x": true, "p;a": true, "a;b": false, "a=b;c=p": true, "ap": false, "pa": false,
	} {
		if got := HasParameter(query, "p"); got != want {
			t.Errorf("%q: got %v", query, got)
		}
	}
}

// TestPHPMethod: the method that counts, and those that are none.
func TestPHPMethod(t *testing.T) {
	for query, want := range map[string]string{
		"": "POST", "a=b": "POST", "_method=put": "PUT", "_method=M-search": "M-SEARCH", "_method=az": "AZ", "_method=AZ": "AZ",
		"_method=": "400", "_method": "400", "_method=a+b": "400", "_method=p1": "400", "_method=%C3%BC": "400", "_method=a&_method=b": "400",
		"_method=%60": "400", "_method=%7B": "400", "_method=%40": "400", "_method=%5B": "400",
	} {
		got, err := PHPMethod("post", query)
		if err != nil {
			got = "400"
		}
		if got != want {
			t.Errorf("%q: got %s, %v, want %s", query, got, err, want)
		}
	}
}

// TestIsScript: the endings that servers hand to PHP, and their neighbours.
func TestIsScript(t *testing.T) {
	for path, want := range map[string]bool{
		"/a.php": true, "/a.PHP": true, "/a.php5": true, "/a.php74": true, "/a.phtml": true, "/a.PHTML": true, "/a.phar": true, "/a.pht": true, "/a.phps": true,
		"/a.x.php": true, "/.php": true, "a.php": true,
		"/a.php567": false, "/a.phpx": false, "/a.ph": false, "/a.phtm": false, "/a.phtmlx": false, "/a.pharx": false, "/a": false, "/php": false, "/a.php/": false,
		"/a.php/b": false, "/a.b/php": false, "/a.php.txt": false, "": false, "/a.": false, "/.php/a": false,
	} {
		if got := IsScript(path); got != want {
			t.Errorf("%q: got %v", path, got)
		}
	}
}

// TestMeaning_Name: a route without a slash at its end.
func TestMeaning_Name(t *testing.T) {
	for m, want := range map[Meaning]string{
		{}: "page", {Route: "/a"}: "page", {API: "/r"}: "/", {API: "/r", Route: "/"}: "/", {API: "/r", Route: "/A"}: "/A", {API: "/r", Route: "/a/"}: "/a",
	} {
		if got := m.Name(); got != want {
			t.Errorf("%+v: got %q, want %q", m, got, want)
		}
	}
}

// TestReading_All: each meaning once, until it is enough.
func TestReading_All(t *testing.T) {
	full := &Reading{Meaning{Path: "/a"}, []Meaning{{Path: "/b"}, {Path: "/c"}}}
	for most, want := range []string{"", "/a", "/a/b", "/a/b/c", "/a/b/c"} {
		got := ""
		for m := range full.All() {
			if most--; most < 0 {
				break
			}
			got += m.Path
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, empty := range []*Reading{nil, {}, {Also: []Meaning{{Path: "/b"}}}} {
		for m := range empty.All() {
			t.Errorf("%v yields %v", empty, m)
		}
	}
}

// TestWordPress_Routes: a path for each API, as rules have it.
func TestWordPress_Routes(t *testing.T) {
	for _, tc := range []struct {
		site  WordPress
		route string
		want  string
	}{
		{WordPress{}, "/WP/v2/", "[/wp-json/wp/v2]"}, {WordPress{}, "", "[/wp-json]"},
		{WordPress{REST: []string{"/api/", "/b/wp-json"}}, "/a/**", "[/api/a/** /b/wp-json/a/**]"},
	} {
		if got := fmt.Sprint(tc.site.Routes(tc.route)); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.route, got, tc.want)
		}
	}
}
