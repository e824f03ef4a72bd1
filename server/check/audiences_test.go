package check

import (
	"fmt"
	"strings"
	"testing"
)

// TestAudiences: an assertion for one application must not be valid at another.
func TestAudiences(t *testing.T) {
	const text = `
data: d
store: {driver: memory}
server: {public_url: "https://example.org"}
users: [{type: store}, {type: wordpress, name: blog, dsn: "ro:x@tcp(127.0.0.1:1)/blog"}, {type: wordpress, name: shop, dsn: "ro:x@tcp(127.0.0.1:1)/shop"}]
upstreams: {a: {url: "http://a"%s}, b: {url: "http://%s"%s}}
rules: [{name: all, path: /**, upstream: a}]
`
	const none, one = `users: [{type: store}]`, `users: [{type: store}, {type: wordpress, name: blog, dsn: "ro:x@tcp(127.0.0.1:1)/blog"}]`
	told := func(more string) string { return ", identity: assertion" + more }
	for _, tc := range []struct {
		name, users, a, url, b string
		refused, warned        bool
	}{
		{"two sites", "", told(", directory: blog"), "b", told(", directory: shop"), true, false},
		{"two sites, both written", "", told(`, directory: blog, audience: "https://x"`), "b", told(`, directory: shop, audience: "https://x/"`), true, false},
		{"two sites with their own", "", told(", directory: blog"), "b", told(`, directory: shop, audience: "https://shop.example.org"`), false, false},
		{"two machines of one site", "", told(", directory: blog"), "b", told(", directory: blog"), false, false},
		{"two names of one application", "", told(", directory: blog"), "a", told(", directory: shop"), false, false},
		{"the only site's users", one, told(""), "b", told(""), false, false},
		{"users of no site", none, told(""), "b", told(""), false, true},
		{"users of no site, an audience each", none, told(""), "b", told(`, audience: "https://shop.example.org"`), false, false},
		{"one is told in headers", "", told(", directory: blog"), "b", ", directory: shop", false, false},
	} {
		source := fmt.Sprintf(text, tc.a, tc.url, tc.b)
		if tc.users != "" {
			lines := strings.Split(source, "\n")
			for i, line := range lines {
				if strings.HasPrefix(line, "users:") {
					lines[i] = tc.users
				}
			}
			source = strings.Join(lines, "\n")
		}
		cfg := load(t, source)
		err := Check(cfg)
		if got := err != nil && strings.Contains(err.Error(), "upstreams.b.audience"); got != tc.refused || err != nil && !tc.refused {
			t.Errorf("%s: %v, want it refused: %v", tc.name, err, tc.refused)
		}
		if got := strings.Contains(strings.Join(Lint(cfg), "\n"), "accepts assertions for upstream"); got != tc.warned {
			t.Errorf("%s: warned %v: %q", tc.name, got, Lint(cfg))
		}
	}
}
