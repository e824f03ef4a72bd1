package config

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Everywhere is the word for all hosts in lists of sites.
const Everywhere = "*"

// Hosts returns the hosts of the mount's site; "" is every host.
func (m Mount) Hosts() []string { return append([]string{m.Host}, m.Aliases...) }

// Traits are those of the mount's dialect. One that is not known counts as that of a
// WordPress plugin, which is bound by the most rules.
func (m Mount) Traits() dialect.Traits {
	if m.Config == nil {
		return dialect.OfPlugin()
	}
	return m.Config.Traits()
}

// HasOwnTokens reports whether the mount issues tokens that count at its own site
// only: those of the plugins' dialects do.
func (m Mount) HasOwnTokens() bool { return m.Traits().OwnTokens }

// Common are the settings that the dialects of WordPress plugins share, as the mount has
// them; the zero value for other dialects.
func (m Mount) Common() dialect.Common {
	c, _ := dialect.CommonOf(m.Config)
	return c
}

// Lifetimes are those of the mount's access and refresh tokens, where its settings say
// so; else 0.
func (m Mount) Lifetimes() (access, refresh Duration) {
	if l, ok := api.Capability[dialect.Lifetimer](m.Config); ok {
		a, r := l.Lifetimes()
		return Duration(a), Duration(r)
	}
	return 0, 0
}

// Mode is the one kind of credential that counts on the REST API of the mount's site: jwt,
// basic or apikey; "" is any.
func (m Mount) Mode() string {
	if c, ok := api.Capability[dialect.ModeChooser](m.Config); ok {
		return c.ChosenMode()
	}
	return ""
}

// Subject is what the subjects of a WordPress's users begin with. A directory with
// a name of its own does not share them with another.
func (u UserDirectory) Subject() string {
	if u.Name == "" || u.Name == u.Type {
		return "wp"
	}
	return u.Name
}

// Place is a part of a host. Host "" is every host, Prefix "" all of it.
type Place struct{ Host, Prefix string }

// Places reads a list of sites; an empty one is everywhere, and so is none.
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

// UserDirectoryOf returns the name of the only directory whose users may reach an
// upstream; "" is any.
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
