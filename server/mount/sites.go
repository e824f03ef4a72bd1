package mount

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
)

// siteSettings returns the engine's settings for the sites of the mounts.
func siteSettings(cfg *config.Config) []core.Site {
	var list []core.Site
	for _, m := range cfg.Mounts {
		s := core.Site{
			Name: m.Name, Host: m.Host, Aliases: m.Aliases, Prefix: strings.TrimSuffix(m.Prefix, "/"), Header: SiteHeader(m),
			Directory: DirectoryOf(cfg, m), AcceptsFrom: m.AcceptsFrom,
			RefuseLogin: m.RefuseRoles.Login, RefuseBasic: m.RefuseRoles.Basic, RefuseToken: m.RefuseRoles.JWT,
			UserClaims: m.UserClaims(),
		}
		if m.HasOwnTokens() {
			s.TokenFormat = m.Name
		}
		list = append(list, s)
	}
	return list
}

// DirectoryOf returns the mount's user directory; the default is the only one.
func DirectoryOf(cfg *config.Config, m config.Mount) string {
	if m.Directory == "" && len(cfg.Users) == 1 {
		return cfg.Users[0].Name
	}
	return m.Directory
}

// Places returns where credentials are accepted, from a list of sites; nil is everywhere.
func Places(cfg *config.Config, sites []string) []core.Place {
	var list []core.Place
	for _, p := range cfg.Places(sites) {
		list = append(list, core.Place(p))
	}
	return list
}

// SiteHeader returns the mount's header, which replaces the standard ones.
func SiteHeader(m config.Mount) route.HeaderSpec {
	return route.HeaderSpec{Name: http.CanonicalHeaderKey(m.Header.Name), Prefix: m.Header.Prefix, RefuseStandard: m.Header.Name != ""}
}
