package route

import (
	"fmt"
	"testing"
)

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
