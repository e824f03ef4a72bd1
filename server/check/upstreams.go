package check

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
	"github.com/cardea-auth/cardea/server/state"
)

// numbers finds upstreams whose plugin would get user numbers of other users: those of
// Cardea's own store, or of another site's directory.
func (c *checker) numbers(cfg *config.Config) {
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		u := cfg.Upstreams[name]
		if u.Identity != "plugin-compat" {
			continue
		}
		if mount.SiteSubject(cfg, u) == "" {
			c.add("upstreams."+name+".identity", errors.New("is plugin-compat, and no directory of type wordpress has the site's users: add one under users, or write identity: assertion"))
			continue
		}
		for _, m := range cfg.Mounts {
			given, wanted := mount.DirectoryOf(cfg, m), cfg.UserDirectoryOf(u)
			if m.Name == mount.CompatMount(cfg, u) && given != wanted {
				c.add("upstreams."+name+".mount", fmt.Errorf("%s has the users of %q, and the upstream those of %q: write the same directory for both", m.Name, given, wanted))
			}
		}
	}
}

// secrets finds missing secrets: a configuration without them is still well-formed.
func (c *checker) secrets(cfg *config.Config) {
	for i, u := range cfg.Users {
		if u.Type == "wordpress" && u.DSN == "" {
			c.add(fmt.Sprintf("users[%d].dsn", i), state.ErrNoDSN)
		}
	}
	for name, u := range cfg.Upstreams {
		if u.Identity == "application-password" && u.Login != "" && u.Password == "" {
			c.add("upstreams."+name+".password", errors.New("is missing: write it, or name a file in password_file"))
		}
		for _, m := range cfg.Mounts {
			if u.Identity == "plugin-compat" && m.Name == mount.CompatMount(cfg, u) && m.Common().Secret == "" {
				c.add("upstreams."+name+".mount", fmt.Errorf("%s has no secret: give the mount the one that the site's plugin has", m.Name))
			}
		}
	}
}
