package config

import (
	"slices"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// modes complains of a mount whose mode nothing can serve.
func (k *checker) modes(c Config) {
	for i, m := range c.Mounts {
		key := tree.Item("mounts", i) + ".mode"
		switch {
		case m.Mode != "jwt" && m.Mode != "basic" && m.Mode != "apikey": // any, or not known, which is told elsewhere
		case m.Dialect != "miniorange":
			k.add(key, "is for the dialect miniorange: leave it out, and list the methods that should count")
		case !slices.ContainsFunc(c.Methods, func(x Method) bool { return x.Type == m.Mode }):
			k.add(key, "is %s, and no method is: add '- type: %s' to methods", m.Mode, m.Mode)
		}
	}
}
