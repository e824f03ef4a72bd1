package wordpress

import (
	"fmt"
	"testing"
)

// TestIsScript tests the suffixes of files that servers pass to PHP, and similar ones.
func TestIsScript(t *testing.T) {
	for path, want := range map[string]bool{
		"/a.php": true, "/a.PHP": true, "/a.php5": true, "/a.php74": true, "/a.phtml": true, "/a.PHTML": true, "/a.phar": true, "/a.pht": true, "/a.phps": true,
		"/a.x.php": true, "/.php": true, "a.php": true,
		"/a.php567": false, "/a.phpx": false, "/a.ph": false, "/a.phtm": false, "/a.phtmlx": false, "/a.pharx": false, "/a": false, "/php": false, "/a.php/": false,
		"/a.php/b": false, "/a.b/php": false, "/a.php.txt": false, "": false, "/a.": false, "/.php/a": false,
	} {
		if got := IsScript(path); got != want {
			t.Errorf("IsScript(%q) = %v, want %v", path, got, want)
		}
	}
}

// TestReader_Routes tests the path for each API in the form of rules.
func TestReader_Routes(t *testing.T) {
	for _, tc := range []struct {
		site  Reader
		route string
		want  string
	}{
		{Reader{}, "/WP/v2/", "[/wp-json/wp/v2]"}, {Reader{}, "", "[/wp-json]"},
		{Reader{REST: []string{"/api/", "/b/wp-json"}}, "/a/**", "[/api/a/** /b/wp-json/a/**]"},
	} {
		if got := fmt.Sprint(tc.site.Routes(tc.route)); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.route, got, tc.want)
		}
	}
}

// BenchmarkReader_Read measures reading a request as a WordPress does.
func BenchmarkReader_Read(b *testing.B) {
	for name, target := range map[string][2]string{
		"page": {"/2026/03/a-page-of-the-site/", ""}, "query": {"/wp-json/wp/v2/posts", "per_page=10&page=2&_fields=id,title"},
		"route": {"/wp-json/wp/v2/posts/17", ""}, "rest_route": {"/", "rest_route=/wp/v2/posts/17"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Reader{}).Read("GET", target[0], target[1]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
