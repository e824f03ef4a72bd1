package core

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
)

// Site is a part of a host with settings of its own, such as the one that a
// mount speaks for. Sites may lie within each other: of their headers that of the
// innermost counts, and all of them refuse roles.
//
// Tokens of a site's layout count at that site, and not at those within it that
// have a layout of their own. Native tokens are no site's: see [TokenPolicy].
type Site struct {
	Name    string   // the mount's; logins of that dialect are its
	Host    string   // in any form that [route.Host] reads; "" is any host
	Aliases []string // further hosts of the same site; only with Host
	Prefix  string   // canonical path without a slash at its end, and all below it; "" is all
	Layout  string   // name of the layout of its tokens; "" is native

	// Directory is the name of the one that the site's users are in: logins are
	// checked there, and its tokens name users there. "" is any that knows them,
	// which a layout that names users by number cannot do with if there are several.
	Directory string
	// AcceptsFrom names the layouts of other sites whose tokens count here too.
	AcceptsFrom []string

	// Header carries the credential where rules name no header of their own.
	Header route.HeaderSpec

	// Who has one of these roles gets no token by the site's logins, may not use
	// a password by Basic below the prefix, and may not use a token there, nor any
	// of the site's layout anywhere.
	RefuseLogin, RefuseBasic, RefuseToken []string

	places []Place // one a host
}

// setSites checks the sites and puts those within others first.
func (c *policy) setSites(list []Site, dirs []users.Directory) error {
	for _, s := range list {
		if err := s.open(dirs); err != nil {
			return fmt.Errorf("site %q: %w", s.Name, err)
		}
		if s.Layout != nativeLayout {
			for i := range c.layouts {
				l := &c.layouts[i]
				l.bound = l.bound || l.Name == s.Layout
				if l.Name == s.Layout && l.Directory == "" {
					l.Directory = s.Directory
				}
			}
		}
		c.sites = append(c.sites, s)
		c.refusesStandard = c.refusesStandard || s.Header.RefuseStandard
	}
	slices.SortStableFunc(c.sites, func(a, b Site) int {
		return cmp.Or(cmp.Compare(min(1, len(b.Host)), min(1, len(a.Host))), cmp.Compare(len(b.Prefix), len(a.Prefix)))
	})
	return nil
}

// open checks the site and readies it.
func (s *Site) open(dirs []users.Directory) (err error) {
	if len(s.Aliases) > 0 && (s.Host == "" || slices.Contains(s.Aliases, "")) {
		return errors.New("has aliases, so the host and each of them needs a name")
	}
	var hosts []Place
	for _, host := range append([]string{s.Host}, s.Aliases...) {
		hosts = append(hosts, Place{Host: host, Prefix: s.Prefix})
	}
	if s.places, err = checkPlaces(hosts); err != nil {
		return err
	}
	if s.Directory != "" && !slices.ContainsFunc(dirs, named(s.Directory)) {
		return fmt.Errorf("no directory is called %q", s.Directory)
	}
	s.Layout = cmp.Or(s.Layout, nativeLayout)
	s.Header, err = s.Header.Check()
	return err
}

// covers reports whether a request is to the site.
func (s *Site) covers(host, path string) bool { return anywhere(s.places, host, path) }

// reaches is covers for an upstream that may ignore the case of letters.
func (s *Site) reaches(host, path string) bool {
	return slices.ContainsFunc(s.places, func(p Place) bool { return p.reaches(host, path) })
}

// accepts reports whether tokens of the layout count at the site.
func (s *Site) accepts(layout string) bool {
	return s.Layout == layout || slices.Contains(s.AcceptsFrom, layout)
}

// siteAt returns the innermost site with tokens of its own to which a request is,
// nil if there is none. Where it is so only for a reader that ignores case, there
// is none either: the upstream may be such a reader.
func (c *policy) siteAt(host, path string) *Site {
	if s := c.siteNear(host, path); s != nil && s.covers(host, path) {
		return s
	}
	return nil
}

// siteNear is siteAt for a reader that ignores case.
func (c *policy) siteNear(host, path string) *Site {
	for i := range c.sites {
		if s := &c.sites[i]; s.Layout != nativeLayout && s.reaches(host, path) {
			return s
		}
	}
	return nil
}

// site returns the site of that name, nil if there is none.
func (c *policy) site(name string) *Site {
	i := slices.IndexFunc(c.sites, func(s Site) bool { return s.Name == name })
	if i < 0 || name == "" {
		return nil
	}
	return &c.sites[i]
}

// directoryOf returns the name of a site's directory; "" is any.
func (c *policy) directoryOf(site string) string {
	if s := c.site(site); s != nil {
		return s.Directory
	}
	if l, ok := c.layout(site); ok {
		return l.Directory
	}
	return ""
}

// mayUse refuses a credential to those whose role must not use its kind: by the
// method that took it, by the site that is asked, by the site that issued it.
func (c *policy) mayUse(m *method, id *api.Identity, kind api.Kind, at *place) error {
	if m != nil && hasOne(id, m.refuse) {
		return roleRefused()
	}
	for i := range c.sites {
		s := &c.sites[i]
		list := s.RefuseToken
		if kind == api.Basic {
			list = s.RefuseBasic
		} else if id.Proof.TokenID == "" {
			continue
		}
		if hasOne(id, list) && at.mayBeIn(s) {
			return roleRefused()
		}
	}
	return c.mayHold(id)
}

// mightUse is mayUse by the roles that were taken away since: those that login-after
// dropped, and those that the home of a network's user knows.
func (c *policy) mightUse(known *entry, kind api.Kind, at *place) error {
	if home := known.origin; home != nil {
		if hasOne(home, known.method.refuse) {
			return roleRefused()
		}
		if err := c.mayHold(home); err != nil {
			return err
		}
	}
	if known.origin == nil && known.before == nil {
		return nil
	}
	id := known.identity
	if known.before != nil {
		id.Roles = known.before
	}
	if known.origin != nil && id.Proof.TokenID != "" && hasOne(&id, c.tokens.RefuseRoles) {
		return roleRefused() // at this site they would have got no token
	}
	return c.mayUse(known.method, &id, kind, at)
}

// mayKeep refuses a token to those who by the roles that they have now would get none.
func (c *policy) mayKeep(id *api.Identity) error {
	if hasOne(id, c.tokens.RefuseRoles) && c.rolesAnew(id) {
		return roleRefused()
	}
	return nil
}

// mayHold refuses a token to those whose role must not use tokens of its layout.
func (c *policy) mayHold(id *api.Identity) error {
	for i := range c.sites {
		if s := &c.sites[i]; id.Proof.TokenID != "" && s.Layout == id.Proof.Layout && hasOne(id, s.RefuseToken) {
			return roleRefused()
		}
	}
	return nil
}

// mayLogIn refuses a login to those who must not get a token by it.
func (c *policy) mayLogIn(id *api.Identity, dialect string) error {
	refused := hasOne(id, c.tokens.RefuseRoles)
	for i := range c.sites {
		s := &c.sites[i]
		refused = refused || s.Name == dialect && (hasOne(id, s.RefuseLogin) || hasOne(id, s.RefuseToken))
	}
	if refused {
		return roleRefused()
	}
	return nil
}

// mayGet refuses to issue a token of a layout that its user may not have.
func (c *policy) mayGet(id *api.Identity, layout string) error {
	layout = cmp.Or(layout, nativeLayout)
	refused := hasOne(id, c.tokens.RefuseRoles)
	for i := range c.sites {
		s := &c.sites[i]
		refused = refused || s.Layout == layout && (hasOne(id, s.RefuseLogin) || hasOne(id, s.RefuseToken))
	}
	if refused {
		return roleRefused()
	}
	return nil
}

// hasOne reports whether somebody is one of those who are refused by their role.
func hasOne(id *api.Identity, roles []string) bool {
	return id.HasRole(roles...) || id.SuperAdmin && slices.Contains(roles, administrator)
}

func roleRefused() error {
	return api.E(api.Denied, api.ReasonRoleRefused, "your role may not log in or use the API in this way")
}
