package check

import (
	"strings"
	"testing"
)

func TestLint_places(t *testing.T) {
	const blog = "mounts: [{name: blog, dialect: wpjwt, host: blog.example}]\n"
	const aliased = "mounts: [{name: blog, dialect: wpjwt, host: blog.example, aliases: [www.blog.example]}]\n"
	const two = "users: [{type: wordpress, name: blog-users, dsn: 'a@tcp(h)/b'}, {type: wordpress, name: shop-users, dsn: 'a@tcp(h)/c'}]\n" +
		"mounts: [{name: blog, dialect: wpjwt, host: blog.example, directory: blog-users}]\n" +
		"upstreams: {blog: {url: 'http://h', kind: wordpress, directory: blog-users}, shop: {url: 'http://h', kind: wordpress, directory: shop-users}}\n"
	const network = "users: [{type: wordpress, name: a, dsn: 'a@tcp(h)/b', site: 1}, {type: wordpress, name: b, dsn: 'a@tcp(h)/b', site: 2}]\n" +
		"mounts: [{name: a, dialect: wpjwt, directory: a}, {name: b, dialect: wpjwt, prefix: /b, directory: b, issuer: 'https://h/b'}]\n" +
		"upstreams: {a: {url: 'http://h', kind: wordpress, directory: a}, b: {url: 'http://h', kind: wordpress, directory: b, rest_path: /b/wp-json}}\n"
	const jwt, one = "methods: [{type: jwt}]\n", "upstreams: {app: {url: 'builtin:demo'}}\n"
	for _, c := range []struct{ name, text, warns string }{
		{"a rule of the mount's site", one + blog + jwt + "rules: [{name: r, host: blog.example, path: /**}]", ""},
		{"a rule of every host", one + blog + jwt + "rules: [{name: r, path: /**}]", ""},
		{"a rule of another host", one + blog + jwt + "rules: [{name: r, host: x.example, path: /admin/**}]", "rule \"r\" refuses every request"},
		{"that asks nothing", one + blog + jwt + "rules: [{name: r, host: x.example, path: /**, access: optional}]", ""},
		{"that accepts the mount's tokens", one + blog + jwt + "rules: [{name: r, host: x.example, path: /**, accepts_from: [blog]}]", ""},
		{"with another method", one + blog + "methods: [{type: jwt}, {type: basic}]\nrules: [{name: r, host: x.example, path: /**}]", ""},
		{"with a method that does not count there", one + blog + "methods: [{type: jwt}, {type: basic, sites: [blog]}]\nrules: [{name: r, host: x.example, path: /**}]", "refuses every request"},
		{"with Cardea's own tokens", one + "mounts: [{name: blog, dialect: wpjwt, host: blog.example}, {name: auth, dialect: native}]\n" + jwt + "rules: [{name: r, host: x.example, path: /**}]", ""},
		{"beside the mount's prefix", one + "mounts: [{name: blog, dialect: wpjwt, prefix: /blog}]\n" + jwt + "rules: [{name: r, path: /shop/**}]", "refuses every request"},
		{"below it", one + "mounts: [{name: blog, dialect: wpjwt, prefix: /blog}]\n" + jwt + "rules: [{name: r, path: /blog/x}]", ""},
		{"around it", one + "mounts: [{name: blog, dialect: wpjwt, prefix: /blog}]\n" + jwt + "rules: [{name: r, path: /**}]", ""},
		{"tokens of another directory's users", two + "rules: [{name: r, host: blog.example, path: /**, upstream: shop}]", "requires users of directory shop-users"},
		{"accepted, and users of another directory", two + "rules: [{name: r, host: x.example, path: /**, upstream: shop, accepts_from: [blog]}]", "requires users of directory shop-users"},
		{"tokens of the directory's users", two + "rules: [{name: r, host: blog.example, path: /**, upstream: blog}]", ""},
		{"sites of one network, one upstream", strings.ReplaceAll(two, "'}", "', site: 2}") + "rules: [{name: r, host: blog.example, path: /**, upstream: shop}]", "an upstream for each site"},
		{"sites of one network, accepted", strings.ReplaceAll(two, "'}", "', site: 2}") + "rules: [{name: r, host: x.example, path: /**, upstream: shop, accepts_from: [blog]}]", ""},
		{"sites of one network below one host", network + "rules: [{name: a, path: /**, upstream: a}, {name: b, path: /b/**, upstream: b}]", ""},
		{"the rule of one site for both", network + "rules: [{name: a, path: /**, upstream: a}]", "rule \"a\" refuses every token of mount \"b\""},
		{"one rule of the inner site to the outer", network + "rules: [{name: a, path: /**, upstream: a}, {name: c, path: /b/c/**, upstream: a}, {name: b, path: /b/**, upstream: b}]", "rule \"c\" refuses every token of mount \"b\""},
		{"one rule of the outer site to the inner", network + "rules: [{name: a, path: /**, upstream: a}, {name: c, path: /c/**, upstream: b}, {name: b, path: /b/**, upstream: b}]", "rule \"c\" refuses every token of mount \"a\""},
		{"two sites of their own below one host", strings.ReplaceAll(strings.ReplaceAll(network, ", site: 1", ""), ", site: 2", "") + "rules: [{name: a, path: /**, upstream: a}, {name: b, path: /b/**, upstream: b}]", ""},
		{"a mistyped mount", one + "mounts: [{name: shop, dialect: wpjwt}]\nmethods: [{type: basic, sites: [shopp]}]", "no mount is called \"shopp\""},
		{"a host that is not a mount's", one + "mounts: [{name: shop, dialect: wpjwt}]\nmethods: [{type: basic, sites: [intranet]}]\nrules: [{name: r, host: intranet, path: /**}]", ""},
		{"one host of a site", one + aliased + jwt + "rules: [{name: r, host: blog.example, path: /wp-json/**}, {name: open, host: www.blog.example, path: /**, access: public}]",
			"rule \"r\" is for blog.example only, which is also www.blog.example (mount \"blog\"): GET /wp-json there is decided by rule \"open\""},
		{"its alias", one + aliased + jwt + "rules: [{name: r, host: www.blog.example, path: /**}, {name: open, host: blog.example, path: /**, access: optional}]", "which is also blog.example (mount"},
		{"a role at one host", one + aliased + jwt + "rules: [{name: r, host: blog.example, path: /**, roles: [administrator]}, {name: www, host: www.blog.example, path: /**}]", "decided by rule \"www\""},
		{"both hosts of a site", one + aliased + jwt + "rules: [{name: r, host: blog.example, path: /wp-json/**}, {name: www, host: www.blog.example, path: /wp-json/**}]", ""},
		{"no rule at the other host", one + aliased + jwt + "rules: [{name: r, host: blog.example, path: /**}]", ""},
		{"another application at the other host", "upstreams: {app: {url: 'http://h:1', kind: wordpress}, to: {url: 'http://h:2', kind: other}}\n" + aliased + jwt +
			"rules: [{name: r, host: blog.example, path: /**, upstream: app}, {name: to, host: www.blog.example, path: /**, upstream: to, access: public}]", ""},
		{"hosts of no mount", one + jwt + "rules: [{name: r, host: a.example, path: /**}, {name: open, host: b.example, path: /**, access: public}]", ""},
		{"two directories", one + "users: [{type: store}, {type: wordpress, dsn: 'a@tcp(h)/b'}]", "upstream \"app\" gets login names of users of 2 directories"},
		{"two, one named", "users: [{type: store}, {type: wordpress, dsn: 'a@tcp(h)/b'}]\nupstreams: {app: {url: 'builtin:demo', directory: store}}", ""},
	} {
		got := ""
		for _, text := range Lint(load(t, c.text)) {
			if strings.Contains(text, "refuses every request") || strings.Contains(text, "directories") ||
				strings.Contains(text, "requires users") || strings.Contains(text, "no mount is called") || strings.Contains(text, "which is also") {
				got += text
			}
		}
		if c.warns == "" && got != "" || !strings.Contains(got, c.warns) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.warns)
		}
	}
}
