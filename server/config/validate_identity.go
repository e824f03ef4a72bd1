package config

import (
	"slices"

	"github.com/cardea-auth/cardea/server/config/internal/form"
)

// siteChecker checks what an upstream says of the site behind it.
type siteChecker struct{ *checker }

// identity checks the settings by which an upstream learns the user's identity.
func (k siteChecker) identity(key string, u Upstream, c Config) {
	k.restPaths(key+".rest_path", u.RESTPath, u.Kind)
	k.pathInfo(key+".path_info", u)
	if u.Kind == "other" && u.Identity != "headers" {
		k.add(key+".kind", "is other, and identity %s is for a WordPress: keep one", u.Identity)
	}
	k.ownSettings(key, u)
	switch u.Identity {
	case "assertion":
		if u.Audience != "" {
			k.complain(key+".audience", form.BadAudience(u.Audience))
		}
	case "plugin-compat":
		k.compatMount(key+".mount", u.Mount, c.Mounts)
	case "application-password":
		k.applicationPassword(key, u)
	}
	k.siteUsers(key+".directory", u, c.Users)
}

// siteUsers checks the directory of the upstream's users. Every identity other than
// headers needs a directory of type wordpress.
func (k siteChecker) siteUsers(key string, u Upstream, list []UserDirectory) {
	var sites []string
	known := map[string]bool{}
	for _, d := range list {
		known[orType(d.Name, d.Type)] = true
		if d.Type == "wordpress" {
			sites = append(sites, orType(d.Name, d.Type))
		}
	}
	switch {
	case u.Directory != "" && !known[u.Directory]:
		k.unknown(key, u.Directory, "directory", namesOf(known), "users[].name", "users[].type")
	case u.Directory != "" && u.Identity != "headers" && !slices.Contains(sites, u.Directory):
		k.add(key, "no directory of type wordpress is called %.60q under users", u.Directory)
	case u.Directory == "" && u.Identity != "headers" && len(sites) > 1:
		k.add(key, "is missing: users has several directories of type wordpress, name the site's")
	}
}

// ownSettings rejects settings that belong to another identity than the configured one,
// since they have no effect.
func (k siteChecker) ownSettings(key string, u Upstream) {
	for _, s := range []struct {
		name, of string
		given    bool
	}{
		{"audience", "assertion", u.Audience != ""},
		{"mount", "plugin-compat", u.Mount != ""},
		{"login", "application-password", u.Login != ""},
		{"password", "application-password", u.Password != ""},
		{"passwords_file", "application-password", u.PasswordsFile != ""},
	} {
		if s.given && u.Identity != s.of {
			k.add(key+"."+s.name, "has no effect with identity %s: write identity: %s, or remove it", u.Identity, s.of)
		}
	}
}

func (k siteChecker) compatMount(key, name string, mounts []Mount) {
	i := slices.IndexFunc(mounts, func(m Mount) bool { return m.Name == name || name == "" && len(mounts) == 1 })
	switch {
	case i < 0 && name == "":
		k.add(key, "is missing: name the mount that has the plugin's secret")
	case i < 0:
		known := map[string]bool{}
		for _, m := range mounts {
			known[m.Name] = true
		}
		k.unknown(key, name, "mount", namesOf(known), "mounts[].name")
	case !mounts[i].Traits().WordPress:
		k.add(key, "%q is a mount whose tokens no plugin reads: name one of a plugin's dialect", mounts[i].Name)
	}
}

// applicationPassword does not require the password itself, so that a printed
// configuration, which lacks the secrets, is valid. Opening the upstream requires it.
func (k siteChecker) applicationPassword(key string, u Upstream) {
	switch each := u.PasswordsFile != ""; {
	case each && (u.Login != "" || u.Password != ""), !each && u.Login == "":
		k.add(key, "needs either login and password, or passwords_file")
	}
}
