package check

import (
	"fmt"
	"strings"
	"testing"
)

// TestNumbers: a plugin never gets a user number that is not WordPress's or that is
// another site's, and user numbers in its own tokens cause a warning if they would be
// ambiguous.
func TestNumbers(t *testing.T) {
	const text = `
data: d
store: {driver: memory}
users: [%s]
mounts:
  - {name: blog, dialect: wpjwt, host: blog.example, issuer: "https://blog.example", secret: "0123456789abcdefghijklmnopqrstuvwxyz", directory: %s}
  - {name: shop, dialect: wpjwt, host: shop.example, issuer: "https://shop.example", secret: "0123456789abcdefghijklmnopqrstuvwxyZ", directory: %s}
methods: [{type: basic, sites: ["*"]}]
upstreams: {blog: {url: "http://h", identity: plugin-compat, mount: %s%s}}
rules: [{name: all, path: /**, upstream: blog}]
`
	const site, two = `{type: wordpress, name: blog-users, dsn: "ro:x@tcp(127.0.0.1:1)/blog"}`, `, {type: wordpress, name: shop-users, dsn: "ro:x@tcp(127.0.0.1:1)/shop"}`
	for _, tc := range []struct {
		name, users, blog, shop, mount, directory string
		want                                      string // in the error; "" for none
		warned                                    bool
	}{
		{"its own", site + two, "blog-users", "shop-users", "blog", ", directory: blog-users", "", false},
		{"another site's mount", site + two, "blog-users", "shop-users", "shop", ", directory: blog-users", "write the same directory", false},
		{"the store alone", "{type: store}", "store", "store", "blog", "", "no directory of type wordpress", true},
		{"a mount of the store's users", site + ", {type: store}", "store", "blog-users", "blog", "", "write the same directory", true},
	} {
		cfg := load(t, fmt.Sprintf(text, tc.users, tc.blog, tc.shop, tc.mount, tc.directory))
		switch err := Check(cfg); {
		case tc.want == "" && err != nil, tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
		if got := strings.Contains(strings.Join(Lint(cfg), "\n"), "which identify users by WordPress's numbers"); got != tc.warned {
			t.Errorf("%s: warned %v: %q", tc.name, got, Lint(cfg))
		}
	}
}
