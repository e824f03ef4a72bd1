package config

import (
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
			k.complain(tree.Item(key, i), form.BadPageOrigin(text))
			if _, parent, ok := strings.Cut(text, "://*."); ok && credentials && domain.IsShared(parent) {
				k.add(tree.Item(key, i), "%s with cors.credentials would let any website act for its visitors, since anybody can register a name below %s: list the origins, or write the domain that is yours, as in https://*.example.org", tree.Quote(text), parent)
			}
		case credentials:
			k.add(tree.Item(key, i), "\"*\" together with cors.credentials lets every web page act as the visitor who is logged in: list the origins")
		}
	}
}

func (k *checker) headerNames(key string, list []string) {
	for i, name := range list {
		if !form.IsToken(name) || name == "*" {
			k.add(tree.Item(key, i), "%s is not a header name: write it as X-My-Header", tree.Quote(name))
		}
	}
}
