package check

import (
	"strings"
	"testing"
)

// TestMissingSites: if a credential of one site would be accepted at another by default,
// the check requires a setting that says where it counts.
func TestMissingSites(t *testing.T) {
	const (
		both  = "upstreams: {wp: {url: 'http://h:1', kind: wordpress}, app: {url: 'http://h:2', kind: other}}\n"
		one   = "upstreams: {wp: {url: 'http://h:1', kind: wordpress}}\n"
		blog  = "{name: blog, dialect: wpjwt, host: blog.example, aliases: [www.blog.example]}"
		auth  = "{name: auth, dialect: native}"
		own   = "{name: blog, host: blog.example, path: /**, upstream: wp}"
		tool  = "{name: tool, host: app.example, path: /**, upstream: app}"
		jwt   = "methods: [{type: jwt}]\n"
		basic = "methods: [{type: jwt}, {type: basic}, {type: apikey}]\n"
		all   = "methods: [{type: jwt}, {type: basic, sites: [blog]}, {type: apikey, sites: ['*']}]\n"
		idp   = "issuers: [{name: idp, issuer: 'https://idp.example', jwks_url: 'https://idp.example/keys', audience: [x], algorithms: [RS256]}]\n"
		two   = "users: [{type: wordpress, name: a, dsn: 'a@tcp(h)/b'}, {type: wordpress, name: b, dsn: 'a@tcp(h)/c'}]\n"
	)
	for _, c := range []struct{ name, head, mounts, rules, want string }{
		{"a program at its own host", both + basic, blog, own + ", " + tool, "methods[1].sites: is missing (methods[2].sites too)"},
		{"which says so", both + basic, blog, own + ", " + tool, "rule \"tool\" leads to another application at app.example"},
		{"the methods that there are by default", both, blog, own + ", " + tool, "methods[0].sites"},
		{"where access is optional", both + basic, blog, own + ", {name: tool, host: app.example, path: /**, upstream: app, access: optional}", "methods[1].sites"},
		{"beside a public part", both + basic, blog, own + ", {name: open, host: app.example, path: /open, upstream: app, access: public}, " + tool, "methods[1].sites"},
		{"an issuer", both + jwt + idp, blog, own + ", " + tool, "issuers[0].sites"},
		{"Cardea's own tokens", both + jwt, blog + ", " + auth, own + ", " + tool, "tokens.sites"},
		{"another WordPress", strings.Replace(both, "kind: other", "kind: wordpress", 1) + basic, blog, own + ", " + tool, "methods[1].sites"},
		{"Cardea's own mount at a host", one + jwt, blog + ", {name: auth, dialect: native, host: auth.example}", own, "tokens.sites: is missing: mount \"blog\" answers on blog.example, and mount \"auth\" answers on auth.example"},
		{"users of the same directory", strings.ReplaceAll(both, "kind", "directory: a, kind") + two + basic, strings.Replace(blog, "host", "directory: a, host", 1), own + ", " + tool, "methods[1].sites"},
		{"users of another directory", strings.Replace(both, "kind: other", "directory: b, kind: other", 1) + two + basic, strings.Replace(blog, "host", "directory: a, host", 1), own + ", " + tool, ""},
		{"written", both + all, blog, own + ", " + tool, ""},
		{"tokens of the mount alone", both + jwt, blog, own + ", " + tool, ""},
		{"a program that is public", both + basic, blog, own + ", {name: tool, host: app.example, path: /**, upstream: app, access: public}", ""},
		{"at the mount's host", both + basic, blog, own + ", {name: tool, host: blog.example, path: /tool/**, upstream: app}", ""},
		{"at its alias", both + basic, blog, own + ", {name: tool, host: www.blog.example, path: /**, upstream: app}", ""},
		{"the mount's application", one + basic, blog, own + ", {name: x, host: x.example, path: /**}", ""},
		{"under another name", strings.Replace(both, "h:2', kind: other", "h:1', kind: wordpress", 1) + basic, blog, own + ", " + tool, ""},
		{"a mount for every host", both + basic, "{name: blog, dialect: wpjwt}", own + ", " + tool, ""},
		{"Cardea's own mount for every host", one + basic, blog + ", " + auth, own, ""},
		{"at the mount's alias", one + basic, blog + ", {name: auth, dialect: native, host: www.blog.example}", own, ""},
		{"no mount", both + basic, "", own + ", " + tool, ""},
	} {
		var got []string
		for _, p := range MissingSites(load(t, c.head+"mounts: ["+c.mounts+"]\nrules: ["+c.rules+"]\n")) {
			got = append(got, p.Key+": "+p.Text)
		}
		text := strings.Join(got, "\n")
		if len(got) > 1 || c.want == "" && text != "" || !strings.Contains(text, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, text, c.want)
		}
	}
}
