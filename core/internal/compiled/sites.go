package compiled

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/users"
)

// site is a compiled policy.Site.
type site struct {
	policy.Site
	places []policy.Place // one per host
}

// open validates and prepares the site.
func (s *site) open(dirs []users.Directory) (err error) {
	if len(s.Aliases) > 0 && (s.Host == "" || slices.Contains(s.Aliases, "")) {
		return errors.New("has aliases, so the host and each of them needs a name")
	}
	var hosts []policy.Place
	for _, host := range append([]string{s.Host}, s.Aliases...) {
		hosts = append(hosts, policy.Place{Host: host, Prefix: s.Prefix})
	}
	if s.places, err = policy.CheckPlaces(hosts); err != nil {
		return err
	}
	if s.Directory != "" && !slices.ContainsFunc(dirs, users.Named(s.Directory)) {
		return fmt.Errorf("no directory is called %q", s.Directory)
	}
	s.TokenFormat = cmp.Or(s.TokenFormat, policy.NativeName)
	s.Header, err = s.Header.Check()
	return err
}

// covers reports whether the site contains a request.
func (s *site) covers(host, path string) bool { return policy.Anywhere(s.places, host, path) }

// reaches is covers for an upstream that may ignore case.
func (s *site) reaches(host, path string) bool {
	return slices.ContainsFunc(s.places, func(p policy.Place) bool { return p.Reaches(host, path) })
}

// Accepts reports whether tokens of the token format are accepted at the site.
func (s *site) Accepts(format string) bool {
	return s.TokenFormat == format || slices.Contains(s.AcceptsFrom, format)
}

// sites are the sites of a policy, nested ones before those that contain them.
type sites []site

// at returns the innermost site with tokens of its own that contains a request, or nil. It
// also returns nil if only a case-insensitive comparison finds one: the upstream may
// compare that way.
func (list sites) at(host, path string) *site {
	if s := list.near(host, path); s != nil && s.covers(host, path) {
		return s
	}
	return nil
}

// near is at with a case-insensitive comparison.
func (list sites) near(host, path string) *site {
	for i := range list {
		if s := &list[i]; s.TokenFormat != policy.NativeName && s.reaches(host, path) {
			return s
		}
	}
	return nil
}

// named returns the site with that name, or nil.
func (list sites) named(name string) *site {
	i := slices.IndexFunc(list, func(s site) bool { return s.Name == name })
	if i < 0 || name == "" {
		return nil
	}
	return &list[i]
}

// UserClaims returns the user claims of the site with that name, for tokens of the format.
func (list sites) UserClaims(name, format string) policy.UserClaims {
	if s := list.named(name); s != nil && s.TokenFormat == format {
		return s.UserClaims
	}
	return nil
}

// CheckToken refuses a token whose user has a role that may not use tokens of its token format.
func (list sites) CheckToken(id *api.Identity) error {
	for i := range list {
		if s := &list[i]; id.Proof.TokenID != "" && s.TokenFormat == id.Proof.TokenFormat && HasOne(id, s.RefuseToken) {
			return RoleRefused()
		}
	}
	return nil
}

// setSites validates the sites and sorts nested ones first.
func (c compiling) setSites(list []policy.Site, dirs []users.Directory) error {
	for _, given := range list {
		s := site{Site: given}
		if err := s.open(dirs); err != nil {
			return fmt.Errorf("site %q: %w", s.Name, err)
		}
		if s.TokenFormat != policy.NativeName {
			for i := range c.TokenFormats {
				l := &c.TokenFormats[i]
				l.SiteBound = l.SiteBound || l.Name == s.TokenFormat
				if l.Name == s.TokenFormat && l.Directory == "" {
					l.Directory = s.Directory
				}
			}
		}
		if l, ok := c.TokenFormat(s.TokenFormat); ok {
			if err := s.UserClaims.Check(l.TokenFormat); err != nil {
				return fmt.Errorf("site %q: %w", s.Name, err)
			}
		}
		c.Sites = append(c.Sites, s)
		c.refusesStandard = c.refusesStandard || s.Header.RefuseStandard
	}
	slices.SortStableFunc(c.Sites, func(a, b site) int {
		return cmp.Or(cmp.Compare(min(1, len(b.Host)), min(1, len(a.Host))), cmp.Compare(len(b.Prefix), len(a.Prefix)))
	})
	return nil
}

// DirectoryOf returns the name of a site's directory; "" is any.
func (c *Policy) DirectoryOf(site string) string {
	if s := c.Sites.named(site); s != nil {
		return s.Directory
	}
	if l, ok := c.TokenFormat(site); ok {
		return l.Directory
	}
	return ""
}
