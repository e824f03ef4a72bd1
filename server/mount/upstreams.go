package mount

import (
	"github.com/cardea-auth/cardea/server/config"
)

// CompatMount names the mount whose tokens an upstream with identity plugin-compat gets:
// the one that it names, or the only one.
func CompatMount(cfg *config.Config, u config.Upstream) string {
	if u.Mount == "" && len(cfg.Mounts) == 1 {
		return cfg.Mounts[0].Name
	}
	return u.Mount
}

// SiteSubject is what the subjects of the upstream's users begin with; "" if they
// are in no WordPress that is known here.
func SiteSubject(cfg *config.Config, u config.Upstream) string {
	name := cfg.UserDirectoryOf(u)
	for _, d := range cfg.Users {
		if d.Type == "wordpress" && d.Name == name {
			return d.Subject()
		}
	}
	return ""
}
