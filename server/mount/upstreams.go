package mount

import (
	"cmp"
	"strings"

	"github.com/cardea-auth/cardea/server/config"
)

// CompatMount returns the name of the mount whose tokens an upstream with identity
// plugin-compat gets; the default is the only mount.
func CompatMount(cfg *config.Config, u config.Upstream) string {
	if u.Mount == "" && len(cfg.Mounts) == 1 {
		return cfg.Mounts[0].Name
	}
	return u.Mount
}

// Audience returns the audience of the assertions for an upstream, by which its site knows
// that they are for it.
func Audience(cfg *config.Config, u config.Upstream) string {
	return strings.TrimSuffix(cmp.Or(u.Audience, cfg.Server.PublicURL, u.URL), "/")
}

// SiteSubject returns the prefix of the subjects of the upstream's users; "" if they are
// in no configured WordPress directory.
func SiteSubject(cfg *config.Config, u config.Upstream) string {
	name := cfg.UserDirectoryOf(u)
	for _, d := range cfg.Users {
		if d.Type == "wordpress" && d.Name == name {
			return d.Subject()
		}
	}
	return ""
}
