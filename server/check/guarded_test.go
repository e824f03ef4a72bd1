package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/mount"
)

// TestCheck_guards: the restrictions of a mount cannot be avoided with another Host that
// is routed to the same application.
func TestCheck_guards(t *testing.T) {
	const refuses = "refuse_roles: {basic: [administrator]}"
	for name, tc := range map[string]struct{ mount, mounts, rules, upstreams, want string }{
		"rule for every host":           {refuses, "", "{name: r, path: /**}", "", "every other host, where its refuse_roles does not apply"},
		"roles of tokens":               {"refuse_roles: {jwt: [editor]}", "", "{name: r, path: /**}", "", "refuse_roles"},
		"both":                          {refuses + ", mode: jwt", "", "{name: r, path: /**}", "", "refuse_roles and mode"},
		"one kind of credential":        {"mode: jwt", "", "{name: r, path: /**}", "", "where its mode does not apply"},
		"optional":                      {refuses, "", "{name: r, path: /**, access: optional}", "", "does not apply"},
		"rule for another host":         {refuses, "", "{name: r, path: /**, host: b.example}", "", "by b.example"},
		"part of the site":              {refuses, "", "{name: r, path: /wp-json/wp/**}", "", "does not apply"},
		"upstream of the host's rule":   {refuses, "", "{name: a, path: /**, host: shop.example, upstream: one}, {name: r, path: /**, upstream: one}", two, "rules[1].host"},
		"rule for the mount's host":     {refuses, "", "{name: r, path: /**, host: shop.example}", "", ""},
		"rule for its alias":            {refuses + ", aliases: [www.shop.example]", "", "{name: r, path: /**, host: www.shop.example}", "", ""},
		"public":                        {refuses, "", "{name: r, path: /**, access: public}", "", ""},
		"logins alone":                  {"refuse_roles: {login: [administrator]}", "", "{name: r, path: /**}", "", ""},
		"nothing refused":               {"mode: any", "", "{name: r, path: /**}", "", ""},
		"another mount at the host":     {refuses, ", {name: b, dialect: wpjwt, host: b.example, issuer: \"https://b.example\"}", "{name: r, path: /**, host: b.example}", "", ""},
		"a mount for every host":        {refuses, ", {name: b, dialect: wpjwt, issuer: \"https://b.example\"}", "{name: r, path: /**}", "", "does not apply"},
		"a mount of no site":            {refuses, ", {name: auth, dialect: native}", "{name: r, path: /**}", "", "does not apply"},
		"a mount of no site, at a host": {refuses, ", {name: auth, dialect: native, host: b.example}", "{name: r, path: /**, host: b.example}", "", "by b.example"},
		"a mount of every host, below":  {refuses, ", {name: b, dialect: wpjwt, prefix: /b, issuer: \"https://b.example\"}", "{name: r, path: /**}", "", "does not apply"},
		"it refuses as much":            {refuses, ", {name: b, dialect: wpjwt, issuer: \"https://b.example\", refuse_roles: {basic: [editor, administrator]}}", "{name: r, path: /**}", "", ""},
		"it refuses others":             {refuses, ", {name: b, dialect: wpjwt, issuer: \"https://b.example\", refuse_roles: {basic: [editor]}}", "{name: r, path: /**}", "", "does not apply"},
		"it refuses tokens alone":       {refuses, ", {name: b, dialect: wpjwt, issuer: \"https://b.example\", refuse_roles: {jwt: [administrator]}}", "{name: r, path: /**}", "", "does not apply"},
		"it refuses below alone":        {refuses, ", {name: b, dialect: wpjwt, prefix: /b, issuer: \"https://b.example\", refuse_roles: {basic: [administrator]}}", "{name: r, path: /**}", "", "does not apply"},
		"it refuses where the rule is":  {refuses, ", {name: b, dialect: wpjwt, prefix: /b, issuer: \"https://b.example\", refuse_roles: {basic: [administrator]}}", "{name: r, path: /b/**}", "", ""},
		"of another kind of credential": {"mode: jwt", ", {name: b, dialect: miniorange, mode: basic, issuer: \"https://b.example\"}", "{name: r, path: /**}", "", "does not apply"},
		"a mount elsewhere at the host": {refuses, ", {name: b, dialect: wpjwt, host: b.example, prefix: /blog, issuer: \"https://b.example\"}", "{name: r, path: /wp-json/**, host: b.example}", "", "by b.example"},
		"another name of the upstream":  {refuses, "", "{name: a, path: /**, host: shop.example, upstream: one}, {name: r, path: /**, host: b.example, upstream: two}", twice, "by b.example"},
		"another site, below":           {refuses, ", {name: b, dialect: wpjwt, host: b.example, prefix: /b, issuer: \"https://b.example\"}", "{name: r, path: /**, host: b.example}", "", "by b.example"},
		"another site, where it is":     {refuses, ", {name: b, dialect: wpjwt, host: b.example, prefix: /b, issuer: \"https://b.example\"}", "{name: r, path: /b/**, host: b.example}", "", ""},
		"below, of another upstream":    {refuses, ", {name: b, dialect: wpjwt, host: b.example, prefix: /b, issuer: \"https://b.example\"}", shops + "{name: b, path: /b/**, host: b.example, upstream: two}, {name: r, path: /**, host: b.example, upstream: one}", two, "by b.example"},
		"of another upstream":           {refuses, ", {name: b, dialect: wpjwt, host: b.example, issuer: \"https://b.example\"}", shops + "{name: b, path: /b/**, host: b.example, upstream: two}, {name: r, path: /**, host: b.example, upstream: one}", two, "by b.example"},
		"beside a program":              {refuses, ", {name: b, dialect: wpjwt, host: b.example, issuer: \"https://b.example\"}", shops + "{name: b, path: /b/**, host: b.example, upstream: two}, {name: r, path: /**, host: b.example, upstream: one}", program, ""},
		"beside a public one":           {refuses, ", {name: b, dialect: wpjwt, host: b.example, issuer: \"https://b.example\"}", shops + "{name: b, path: /b/**, host: b.example, upstream: two, access: public}, {name: r, path: /**, host: b.example, upstream: one}", two, ""},
		"beside a public WordPress":     {refuses, ", {name: b, dialect: wpjwt, host: b.example, issuer: \"https://b.example\"}", shops + "{name: b, path: /b/**, host: b.example, upstream: two, access: public}, {name: r, path: /**, host: b.example, upstream: one}", sites, "by b.example"},
		"under two names":               {refuses, ", {name: b, dialect: wpjwt, host: b.example, issuer: \"https://b.example\"}", shops + "{name: b, path: /b/**, host: b.example, upstream: two}, {name: r, path: /**, host: b.example, upstream: one}", twice, ""},
		"another upstream":              {refuses, "", "{name: a, path: /**, host: shop.example, upstream: one}, {name: r, path: /**, host: b.example, upstream: two}", two, ""},
	} {
		t.Run(name, func(t *testing.T) {
			upstreams := tc.upstreams
			if upstreams == "" {
				upstreams = "one: {url: \"http://127.0.0.1:1\"}"
			}
			cfg, err := tryLoad(t, fmt.Sprintf(`server: {public_url: "https://gate.example"}
tokens: {sites: ["*"]}
methods: [{type: jwt}, {type: basic, sites: ["*"]}]
upstreams: {%s}
mounts: [{name: shop, dialect: miniorange, host: shop.example, issuer: "https://shop.example", %s}%s]
rules: [%s]
`, upstreams, tc.mount, tc.mounts, tc.rules))
			if err == nil {
				err = Check(cfg)
			}
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), ".host")) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

const twice = `one: {url: "http://127.0.0.1:80"}, two: {url: "HTTP://LocalHost/"}`

const shops = "{name: a, path: /**, host: shop.example, upstream: one}, "

const program = `one: {url: "http://127.0.0.1:1"}, two: {url: "http://127.0.0.1:2", kind: other}`

const sites = `one: {url: "http://127.0.0.1:1"}, two: {url: "http://127.0.0.1:2", kind: wordpress}`

const two = `one: {url: "http://127.0.0.1:1"}, two: {url: "http://127.0.0.1:2"}`

// TestLint_unaskedHooks: if login hooks depend on the mount, a rule that bypasses it
// causes a warning.
func TestLint_unaskedHooks(t *testing.T) {
	const expr = "hooks: [{point: login-before, expr: 'dialect == \"shop\" ? {\"challenge\": \"otp\"} : nil'}]"
	plugin := func(point, read, more string) string {
		return "hooks: [{point: " + point + ", plugin: otp" + more + "}]\nplugins: [{name: otp, file: otp.wasm, grants: {read: [" + read + "]}}]"
	}
	const shop, own = "host: shop.example", "{name: own, path: /**, host: shop.example, upstream: one}"
	const around, below = own + ", {name: r, path: /**, host: b.example, upstream: one}", "{name: r, path: /shop/**, upstream: one}"
	const blog = ", {name: blog, dialect: wpjwt, host: b.example, issuer: \"https://b.example\"}"
	const blogBelow = ", {name: blog, dialect: wpjwt, host: b.example, prefix: /blog, issuer: \"https://b.example\"}"
	for name, c := range map[string]struct {
		hooks, mount, mounts, rules, upstreams string
		want                                   bool
	}{
		"an expression":                   {expr, shop, "", around, two, true},
		"at login-after":                  {"hooks: [{point: login-after, expr: 'dialect == \"shop\" ? {\"user.roles\": []} : nil'}]", shop, "", around, two, true},
		"by host":                         {"hooks: [{point: login-before, expr: 'host != \"shop.example\"'}]", shop, "", around, two, true},
		"a plugin":                        {plugin("login-before", "dialect", ""), shop, "", around, two, true},
		"a plugin that reads all":         {plugin("login-after", "'*'", ""), shop, "", around, two, true},
		"a rule for every host":           {expr, shop, "", "{name: r, path: /**, upstream: one}", two, true},
		"one upstream":                    {expr, shop, "", "{name: r, path: /**}", `one: {url: "http://127.0.0.1:1"}`, true},
		"another name of it":              {expr, shop, "", own + ", {name: r, path: /**, host: b.example, upstream: two}", twice, true},
		"optional":                        {expr, shop, "", own + ", {name: r, path: /**, host: b.example, upstream: one, access: optional}", two, true},
		"a native mount there":            {expr, shop, ", {name: auth, dialect: native}", around, two, true},
		"another prefix":                  {expr, "prefix: /shop", "", below + ", {name: x, path: /x/**, upstream: one}", two, true},
		"more than the prefix":            {expr, "prefix: /shop", "", "{name: r, path: /**, upstream: one}", two, true},
		"public":                          {expr, shop, "", own + ", {name: r, path: /**, host: b.example, upstream: one, access: public}", two, false},
		"the mount's own rule":            {expr, shop, "", own, two, false},
		"its alias":                       {expr, shop + ", aliases: [b.example]", "", around, two, false},
		"below its prefix":                {expr, "prefix: /shop", "", below, two, false},
		"another plugin's mount":          {expr, shop, blog, around, two, false},
		"one below, elsewhere":            {expr, shop, blogBelow, around, two, true},
		"one of another upstream":         {expr, shop, blog, around + ", {name: f, path: /forum/**, host: b.example, upstream: two}", two, true},
		"one beside a program":            {expr, shop, blog, around + ", {name: f, path: /forum/**, host: b.example, upstream: two}", program, false},
		"another upstream":                {expr, shop, "", own + ", {name: r, path: /**, host: b.example, upstream: two}", two, false},
		"everywhere":                      {expr, "aliases: []", "", "{name: r, path: /**, upstream: one}", two, false},
		"an expression for every mount":   {"hooks: [{point: login-after, expr: '{\"user.roles\": []}'}]", shop, "", around, two, false},
		"a plugin that reads no such key": {plugin("login-before", "login", ""), shop, "", around, two, false},
		"a shadow":                        {plugin("login-before", "dialect", ", shadow: true"), shop, "", around, two, false},
		"another point":                   {plugin("token-claims", "dialect", ""), shop, "", around, two, false},
		"no hook":                         {"", shop, "", around, two, false},
	} {
		cfg, err := tryLoad(t, fmt.Sprintf("tokens: {sites: [\"*\"]}\nmethods: [{type: jwt}, {type: basic, sites: [\"*\"]}]\nupstreams: {%s}\n"+
			"mounts: [{name: shop, dialect: wpjwt, issuer: \"https://shop.example\", %s}%s]\nrules: [%s]\n%s\n", c.upstreams, c.mount, c.mounts, c.rules, c.hooks))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(Lint(cfg), "\n"); strings.Contains(got, "do not see that mount") != c.want {
			t.Errorf("%s: got %q, want a warning: %v", name, got, c.want)
		}
	}
}

// TestLint_twoNames: protection of an application under one name must apply under all
// names.
func TestLint_twoNames(t *testing.T) {
	const head = "users: [{type: wordpress, name: wp, dsn: 'a@tcp(h)/b'}, {type: store}]\n"
	for upstreams, want := range map[string]string{
		"a: {url: 'http://h', directory: wp}, b: {url: 'http://h:80/'}":                      "users of every directory reach it as \"b\"",
		"a: {url: 'http://h', kind: wordpress}, b: {url: 'http://h', kind: other}":           "which is read as a WordPress, and has kind: other",
		"a: {url: 'http://h', directory: wp}, b: {url: 'http://h', directory: store}":        "",
		"a: {url: 'http://h', directory: wp}, b: {url: 'http://i'}":                          "",
		"a: {url: 'http://h', kind: wordpress}, b: {url: 'http://h', kind: wordpress}":       "",
		"a: {url: 'http://h', kind: wordpress}, b: {url: 'http://h:81', kind: other}":        "",
		"a: {url: 'http://h', kind: wordpress, rest_path: /b/wp-json}, b: {url: 'http://h'}": "",
	} {
		got := strings.Join(Lint(load(t, head+"upstreams: {"+upstreams+"}")), "\n")
		if want == "" && strings.Contains(got, "is the same application as") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", upstreams, got, want)
		}
	}
}

// TestReaders_twoNames: requests to an application are read in the same way under all its
// names, and so are the routes that mounts serve in its place.
func TestReaders_twoNames(t *testing.T) {
	cfg := load(t, "upstreams: {a: {url: 'http://h', kind: wordpress, rest_path: /b/wp-json}, b: {url: 'http://h:80'}, c: {url: 'http://i'}}\n"+
		"mounts: [{name: m, dialect: wpjwt, host: a.example, prefix: /b}]\nrules: [{name: a, path: /**, host: a.example, upstream: a}, {name: b, path: /**, host: b.example, upstream: b}]")
	read := mount.Application(cfg, nil).Read
	for upstream, want := range map[string]bool{"a": true, "b": true, "c": false} {
		if r, err := read(upstream, "GET", "/b/wp-json/wp/v2/posts", ""); err != nil || r.IsREST() != want {
			t.Errorf("read(%q, \"GET\", \"/b/wp-json/wp/v2/posts\", \"\") = %+v, %v; want IsREST %v", upstream, r, err, want)
		}
		if _, err := read(upstream, "POST", "/b/wp-json/jwt-auth/v1/token", ""); (err != nil) != want {
			t.Errorf("%s: the mount's route: got %v, want an error: %v", upstream, err, want)
		}
	}
}
