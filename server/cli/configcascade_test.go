package cli

import (
	"strings"
	"testing"
)

// cascades are configurations with one mistake that makes other settings look wrong; only
// is the setting that must be reported.
func cascades() map[string]string {
	demo := "upstreams: {w: {url: \"builtin:demo\"}}\n"
	return map[string]string{
		`cors: {enabled: yes, credentials: true, origins: ["https://a.example"], max_age: 1h}`:                                                                                                                               "cors.enabled",
		`keys: {secret_file: nothere, allow_weak_secret: true, rotate_every: 30d}`:                                                                                                                                           "keys.secret_file",
		"keys: {assertion_rotate_every: 90d}\nupstreams: {w: {url: \"http://127.0.0.1:1\", identity: asertion}}":                                                                                                             "upstreams.w.identity",
		"methods: [{type: jwtt}]\nissuers: [{name: x, issuer: \"https://a.example\", audience: [a], algorithms: [RS256], jwks_url: \"https://a.example/jwks\"}]":                                                             "methods[0].type",
		demo + "rules: [{name: a, path: /**, access: publik, on_bad_token: deny}]":                                                                                                                                           "rules[0].access",
		"upstreams: {w: nonsense}\nrules: [{name: a, path: /**, upstream: w}]":                                                                                                                                               "upstreams.w",
		"upstreams: [a]\nrules: [{name: a, path: /**}, {name: b, path: /x, upstream: a}]":                                                                                                                                    "upstreams",
		"upstreams: {\"\": {url: \"builtin:demo\"}}\nrules: [{name: a, path: /**}]":                                                                                                                                          "upstreams",
		"mounts: [{name: shop, dialect: wpjwtpro, secret_file: nothere, foreign_tokens: true, allow_weak_secret: true}]":                                                                                                     "mounts[0].secret_file",
		demo + "mounts: nonsense\nrules: [{name: a, path: /**, accepts_from: [shop]}]\ntokens: {refresh_ttl: 20d}":                                                                                                           "mounts",
		demo + "mounts: [{dialect: wpjwt}]\nrules: [{name: a, path: /**, accepts_from: [shop]}]":                                                                                                                             "mounts[0].name",
		"users: [{type: wordpres, name: shop}]\nmounts: [{name: s, dialect: wpjwt, directory: shop}]":                                                                                                                        "users[0].type",
		"plugins: [{file: \"builtin:short-expiry\"}]\nhooks: [{point: auth-expire, plugin: p}]":                                                                                                                              "plugins[0].name",
		"plugins: nonsense\nhooks: [{point: auth-expire, plugin: p}]":                                                                                                                                                        "plugins",
		"plugins: [{name: p, file: nothere.wasm}]\nhooks: [{point: auth-expire, plugin: p}]":                                                                                                                                 "plugins[0].file",
		"mounts: [{name: a, dialect: wpjwt, host: shop.example.org, secret: 0123456789abcdef0123456789abcdef0}, {name: b, dialect: usefulteam, host: \"https://b.example.org\", secret: 0123456789abcdef0123456789abcdef1}]": "mounts[1].host",
		"mounts: [{name: a, dialect: wpjwt, host: shop.example.org, secret: 0123456789abcdef0123456789abcdef0}, {name: b, dialect: usefulteam, host: \"B.example.org\", secret: 0123456789abcdef0123456789abcdef1}]":         "mounts[1].host",
		"mounts: [{name: a, dialect: wpjwt, host: shop.example.org, secret: 0123456789abcdef0123456789abcdef0}, {name: b, dialect: usefulteam, host: \"b.example.org:8080\", secret: 0123456789abcdef0123456789abcdef1}]":    "mounts[1].host",
		"mounts: [{name: a, dialect: wpjwt, host: shop.example.org, secret: 0123456789abcdef0123456789abcdef0}, {name: b, dialect: usefulteam, host: \"a.example.org\", secret: 0123456789abcdef0123456789abcdef1}]":         "methods[0].sites",
		"store: {driver: memori, dsn: x.db}":          "store.driver",
		`server: {trusted_proxies: ["10.0.0/24"]}`:    "server.trusted_proxies[0]",
		"data: nothere\nserver: {listen: 99}":         "server.listen",
		"tokens: {max_ttl: 30s}":                      "tokens.max_ttl",
		"tokens: {max_ttl: 5m}":                       "tokens.max_ttl",
		"revocation: {poll_every: 10m}":               "revocation.poll_every",
		"tokens: {access_ttl: 40d, refresh_ttl: 30d}": "tokens.access_ttl",
	}
}

// TestConfigCheck_cascades: a mistake is reported once, at its setting, without its
// consequences.
func TestConfigCheck_cascades(t *testing.T) {
	t.Chdir(t.TempDir())
	for text, only := range cascades() {
		writeFile(t, "cardea.yaml", text+"\n")
		code, out := here(t, "config check")
		if code != exitConfig || strings.Count(out, "\n") != 1 || !strings.Contains(out, ": "+only+": ") {
			t.Errorf("%s\nexit %d\n%swant one line, about %s", text, code, out, only)
		}
	}
}

// TestConfigCheck_besides: independent mistakes are all reported.
func TestConfigCheck_besides(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, text := range []string{
		"upstreams: {w: {url: nonsense}}\nrules: [{name: a, path: /**, upstream: v}]",
		"plugins: [{name: p, file: nothere.wasm}]\nhooks: [{point: auth-expire, plugin: q}]",
		"keys: {assertion_rotate_every: 90d}\nupstreams: {w: {url: nonsense}}",
	} {
		writeFile(t, "cardea.yaml", text+"\n")
		if code, out := here(t, "config check"); code != exitConfig || strings.Count(out, "\n") != 2 {
			t.Errorf("%s\nexit %d\n%swant two lines", text, code, out)
		}
	}
}

// TestConfigCheck_unknownKey: the message lists the settings of the section, also if
// another section has a setting of that name.
func TestConfigCheck_unknownKey(t *testing.T) {
	t.Chdir(t.TempDir())
	for text, says := range map[string]string{
		"store: {driver: memory, path: x}": "known here: driver, dsn, dsn_file; there is rules[].path",
		"server: {trailing_slash: same}":   "trailing_slash is a setting at the top of the file",
	} {
		writeFile(t, "cardea.yaml", text+"\n")
		if _, out := here(t, "config check"); !strings.Contains(out, says) {
			t.Errorf("%s\n%swant %q", text, out, says)
		}
	}
}
