package config

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Everywhere stands for all hosts in lists of sites.
const Everywhere = "*"

// Hosts returns the hosts of the mount's site; "" is every host.
func (m Mount) Hosts() []string { return append([]string{m.Host}, m.Aliases...) }

// Traits returns the traits of the mount's dialect. An unknown dialect is treated as a
// WordPress plugin's, to which the most rules apply.
func (m Mount) Traits() dialect.Traits {
	if m.Config == nil {
		return dialect.OfPlugin()
	}
	return m.Config.Traits()
}

// HasOwnTokens reports whether the mount issues tokens that are valid at its own site
// only, as the dialects of WordPress plugins do.
func (m Mount) HasOwnTokens() bool { return m.Traits().OwnTokens }

// Common returns the mount's values of the settings that all dialects of WordPress
// plugins share; the zero value for other dialects.
func (m Mount) Common() dialect.Common {
	c, _ := dialect.CommonOf(m.Config)
	return c
}

// Lifetimes returns the configured lifetimes of the mount's access and refresh tokens; 0
// if not set.
func (m Mount) Lifetimes() (access, refresh Duration) {
	if l, ok := api.Capability[dialect.Lifetimer](m.Config); ok {
		a, r := l.Lifetimes()
		return Duration(a), Duration(r)
	}
	return 0, 0
}

// UserClaims returns the fields of the user that the mount copies into its tokens, by the
// claims that hold them.
func (m Mount) UserClaims() map[string]string {
	if c, ok := api.Capability[dialect.Claimer](m.Config); ok {
		return c.UserClaims()
	}
	return nil
}

// Mode returns the only kind of credential accepted on the REST API of the mount's site:
// jwt, basic or apikey; "" is any.
func (m Mount) Mode() string {
	if c, ok := api.Capability[dialect.ModeChooser](m.Config); ok {
		return c.ChosenMode()
	}
	return ""
}

// Subject returns the prefix of the subjects of a WordPress directory's users: the
// directory's name, or "wp" if it has only the default name.
func (u UserDirectory) Subject() string {
	if u.Name == "" || u.Name == u.Type {
		return "wp"
	}
	return u.Name
}

// Place is a host and a path prefix. Host "" is every host, Prefix "" every path.
type Place struct{ Host, Prefix string }

// Places resolves a list of sites. An empty list is everywhere, and so is an empty
// result.
func (c *Config) Places(sites []string) []Place {
	var list []Place
	for _, site := range sites {
		if site == Everywhere {
			return nil
		}
		list = append(list, c.place(site)...)
	}
	return list
}

func (c *Config) place(site string) []Place {
	i := slices.IndexFunc(c.Mounts, func(m Mount) bool { return m.Name == site })
	if i < 0 {
		host, path, below := strings.Cut(site, "/")
		if below {
			path = "/" + path
		}
		return []Place{{host, path}}
	}
	var list []Place
	for _, host := range c.Mounts[i].Hosts() {
		list = append(list, Place{host, c.Mounts[i].Prefix})
	}
	return list
}

// UserDirectoryOf returns the name of the directory whose users may access the upstream;
// "" is any.
func (c *Config) UserDirectoryOf(u Upstream) string {
	if u.Directory != "" || u.WithDefaults().Identity == "headers" {
		return u.Directory
	}
	for _, d := range c.Users {
		if d.Type == "wordpress" {
			return orType(d.Name, d.Type)
		}
	}
	return ""
}
