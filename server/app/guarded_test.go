package app

import (
	"fmt"
	"strings"
	"testing"
)

// TestCheck_guards: what a mount refuses at its host cannot be escaped by another Host
// that leads to the same application.
func TestCheck_guards(t *testing.T) {
	const refuses = "refuse_roles: {basic: [administrator]}"
	for name, tc := range map[string]struct{ mount, mounts, rules, upstreams, want string }{
		"rule for every host":           {refuses, "", "{name: r, path: /**}", "", "every other host too, where its refuse_roles does not hold"},
		"roles of tokens":               {"refuse_roles: {jwt: [editor]}", "", "{name: r, path: /**}", "", "refuse_roles"},
		"both":                          {refuses + ", mode: jwt", "", "{name: r, path: /**}", "", "refuse_roles and mode"},
		"one kind of credential":        {"mode: jwt", "", "{name: r, path: /**}", "", "where its mode does not hold"},
		"optional":                      {refuses, "", "{name: r, path: /**, access: optional}", "", "does not hold"},
		"rule for another host":         {refuses, "", "{name: r, path: /**, host: b.example}", "", "by b.example too"},
		"part of the site":              {refuses, "", "{name: r, path: /wp-json/wp/**}", "", "does not hold"},
		"upstream of the host's rule":   {refuses, "", "{name: a, path: /**, host: shop.example, upstream: one}, {name: r, path: /**, upstream: one}", two, "rules[1].host"},
		"rule for the mount's host":     {refuses, "", "{name: r, path: /**, host: shop.example}", "", ""},
		"rule for its alias":            {refuses + ", aliases: [www.shop.example]", "", "{name: r, path: /**, host: www.shop.example}", "", ""},
		"public":                        {refuses, "", "{name: r, path: /**, access: public}", "", ""},
		"logins alone":                  {"refuse_roles: {login: [administrator]}", "", "{name: r, path: /**}", "", ""},
		"nothing refused":               {"mode: any", "", "{name: r, path: /**}", "", ""},
		"another mount at the host":     {refuses, ", {name: b, dialect: wpjwt, host: b.example, issuer: \"https://b.example\"}", "{name: r, path: /**, host: b.example}", "", ""},
		"a mount for every host":        {refuses, ", {name: b, dialect: wpjwt, issuer: \"https://b.example\"}", "{name: r, path: /**}", "", "does not hold"},
		"a mount of no site":            {refuses, ", {name: auth, dialect: native}", "{name: r, path: /**}", "", "does not hold"},
		"a mount of no site, at a host": {refuses, ", {name: auth, dialect: native, host: b.example}", "{name: r, path: /**, host: b.example}", "", "by b.example too"},
		"a mount of every host, below":  {refuses, ", {name: b, dialect: wpjwt, prefix: /b, issuer: \"https://b.example\"}", "{name: r, path: /**}", "", "does not hold"},
		"it refuses as much":            {refuses, ", {name: b, dialect: wpjwt, issuer: \"https://b.example\", refuse_roles: {basic: [editor, administrator]}}", "{name: r, path: /**}", "", ""},
		"it refuses others":             {refuses, ", {name: b, dialect: wpjwt, issuer: \"https://b.example\", refuse_roles: {basic: [editor]}}", "{name: r, path: /**}", "", "does not hold"},
		"it refuses tokens alone":       {refuses, ", {name: b, dialect: wpjwt, issuer: \"https://b.example\", refuse_roles: {jwt: [administrator]}}", "{name: r, path: /**}", "", "does not hold"},
		"it refuses below alone":        {refuses, ", {name: b, dialect: wpjwt, prefix: /b, issuer: \"https://b.example\", refuse_roles: {basic: [administrator]}}", "{name: r, path: /**}", "", "does not hold"},
		"it refuses where the rule is":  {refuses, ", {name: b, dialect: wpjwt, prefix: /b, issuer: \"https://b.example\", refuse_roles: {basic: [administrator]}}", "{name: r, path: /b/**}", "", ""},
		"of another kind of credential": {"mode: jwt", ", {name: b, dialect: miniorange, mode: basic, issuer: \"https://b.example\"}", "{name: r, path: /**}", "", "does not hold"},
		"a mount elsewhere at the host": {refuses, ", {name: b, dialect: wpjwt, host: b.example, prefix: /blog, issuer: \"https://b.example\"}", "{name: r, path: /wp-json/**, host: b.example}", "", "by b.example too"},
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

const two = `one: {url: "http://127.0.0.1:1"}, two: {url: "http://127.0.0.1:2"}`
