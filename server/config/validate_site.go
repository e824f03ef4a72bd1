package config

import (
	"slices"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// site checks the header and the roles of a mount's site.
func (k *checker) site(earlier []Mount, key string, m Mount) {
	k.header(key+".header", RuleHeader{Name: m.Header.Name, Prefix: m.Header.Prefix})
	k.roles(key+".refuse_roles.login", m.RefuseRoles.Login)
	k.roles(key+".refuse_roles.basic", m.RefuseRoles.Basic)
	k.roles(key+".refuse_roles.jwt", m.RefuseRoles.JWT)
	for i, other := range earlier {
		if m.Header != other.Header && m.Header.Name != "" && other.Header.Name != "" && other.Host == m.Host && other.Prefix == m.Prefix {
			k.add(key+".header", "%s has another for the same host and prefix: write the same", tree.Item("mounts", i))
		}
	}
}

func (k *checker) roles(key string, list []string) {
	for i, role := range list {
		k.text(tree.Item(key, i), role)
		if slices.Index(list, role) < i {
			k.add(tree.Item(key, i), "%s is in the list already: remove one", tree.Quote(role))
		}
	}
}
