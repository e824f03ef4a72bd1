package check

import (
	"fmt"
	"strings"
	"testing"
)

// TestLint_pages: a rule that seems to close a page of a WordPress, but does not, causes
// a warning.
func TestLint_pages(t *testing.T) {
	const text = `
data: d
store: {driver: memory}
users: [{type: store}]
methods: [{type: basic}]
upstreams: {wp: {url: "http://h", kind: %s}}
rules:
  - {name: one, path: %s, access: %s}
  - {name: rest, path: /**, access: %s}
`
	for _, tc := range []struct {
		kind, path, access, rest string
		warned                   bool
	}{
		{"wordpress", "/members/**", "required", "optional", true},
		{"wordpress", "/members", "required", "public", true},
		{"wordpress", "/members/**", "required", "required", false},
		{"wordpress", "/members/**", "public", "optional", false},
		{"wordpress", "/wp-json/wc/**", "required", "optional", false},
		{"wordpress", "/wp-admin/**", "required", "optional", false},
		{"wordpress", "/xmlrpc.php", "required", "optional", false},
		{"other", "/members/**", "required", "optional", false},
	} {
		cfg := load(t, fmt.Sprintf(text, tc.kind, tc.path, tc.access, tc.rest))
		if got := strings.Contains(strings.Join(Lint(cfg), "\n"), "does not close a page"); got != tc.warned {
			t.Errorf("%v: warned %v: %q", tc, got, Lint(cfg))
		}
	}
}
