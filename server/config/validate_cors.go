package config

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/server/config/internal/form"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
	"github.com/cardea-auth/cardea/server/internal/domain"
)

// maxPreflightAge is the longest time that any browser caches a preflight.
const maxPreflightAge = 24 * time.Hour

func (k *checker) cors(c Config) {
	k.origins("cors.origins", c.CORS.Origins, c.CORS.Credentials)
	k.verbs("cors.methods", c.CORS.Methods)
	k.headerNames("cors.headers", c.CORS.Headers)
	k.headerNames("cors.expose", c.CORS.Expose)
	if c.CORS.MaxAge.Std() > maxPreflightAge {
		k.add("cors.max_age", "%s is longer than any browser remembers: write 24h at most", c.CORS.MaxAge)
	}
	if c.CORS.Enabled && len(c.CORS.Origins) == 0 && !slices.ContainsFunc(c.Mounts, func(m Mount) bool { return len(m.CORSOrigins) > 0 }) {
		k.add("cors.origins", `is empty, so no page may ask: list origins, or "*" for any without credentials`)
	}
	for i, m := range c.Mounts {
		key := tree.Item("mounts", i) + ".cors_origins"
		k.origins(key, m.CORSOrigins, c.CORS.Credentials)
		if len(m.CORSOrigins) > 0 && !c.CORS.Enabled {
			k.add(key, "has no effect without cors.enabled: true")
		}
	}
}

func (k *checker) origins(key string, list []string, credentials bool) {
	for i, text := range list {
		switch {
		case slices.Index(list, text) < i:
			k.add(tree.Item(key, i), "%s is in the list already: remove one", tree.Quote(text))
		case text != "*":
			k.complain(tree.Item(key, i), badPageOrigin(text))
			if _, parent, ok := strings.Cut(text, "://*."); ok && credentials && domain.IsShared(parent) {
				k.add(tree.Item(key, i), "%s with cors.credentials would let pages of strangers act for their visitors, since anybody can have a name below %s: list the origins, or write the domain that is yours, as in https://*.example.org", tree.Quote(text), parent)
			}
		case credentials:
			k.add(tree.Item(key, i), "\"*\" together with cors.credentials lets every web page act as the visitor who is logged in: list the origins")
		}
	}
}

// badPageOrigin accepts what a browser can send in Origin: scheme, lower-case host, and a
// port that is not the scheme's default (RFC 6454 section 6.1). The first label may be a
// wildcard.
func badPageOrigin(text string) string {
	const form = ": write it as https://app.example.org, or https://*.example.org"
	u, err := url.Parse(strings.Replace(text, "://*.", "://any.", 1))
	switch {
	case text == "null":
		return "null is what sandboxed pages of anybody call themselves: list real origins"
	case err != nil || u.Scheme == "" || u.Host == "" || u.User != nil:
		return tree.Quote(text) + " is not an origin" + form
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery || strings.HasSuffix(text, "#"):
		return tree.Quote(text) + " has more than scheme, host and port: remove what follows"
	case strings.Contains(u.Host, "*"):
		return tree.Quote(text) + " has its wildcard elsewhere than in the first label" + form
	case text != strings.ToLower(text):
		return tree.Quote(text) + " has capitals, which browsers never send: write " + strings.ToLower(text)
	case strings.Trim(u.Host, "abcdefghijklmnopqrstuvwxyz0123456789-_.:[]") != "":
		return tree.Quote(text) + " has characters that browsers never send: write the host in its xn-- form"
	case u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" || strings.HasSuffix(u.Host, ":"):
		return tree.Quote(text) + " names the usual port, which browsers leave out: remove it"
	}
	return ""
}

func (k *checker) headerNames(key string, list []string) {
	for i, name := range list {
		if !form.IsToken(name) || name == "*" {
			k.add(tree.Item(key, i), "%s is not a header name: write it as X-My-Header", tree.Quote(name))
		}
	}
}
