package core

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Site is a part of a host with settings of its own, such as the one that a
// mount speaks for. Sites may lie within each other: of their headers that of the
// innermost counts, and all of them refuse roles.
type Site struct {
	Name   string // the mount's; logins of that dialect are its
	Host   string // in any form that [route.Host] reads; "" is any host
	Prefix string // canonical path without a slash at its end, and all below it; "" is all
	Layout string // name of the layout of its tokens; "" is native

	// Header carries the credential where rules name no header of their own.
	Header route.HeaderSpec

	// Who has one of these roles gets no token by the site's logins, may not use
	// a password by Basic below the prefix, and may not use a token there, nor any
	// of the site's layout anywhere.
	RefuseLogin, RefuseBasic, RefuseToken []string
}

// setSites checks the sites and puts those within others first.
func (c *policy) setSites(list []Site) error {
	for _, s := range list {
		host, err := route.Host(s.Host)
		if err != nil {
			return fmt.Errorf("site %q: %w", s.Name, err)
		}
		if s.Prefix != "" && (s.Prefix[0] != '/' || strings.HasSuffix(s.Prefix, "/")) {
			return fmt.Errorf("site %q: prefix %q: write it as /blog", s.Name, s.Prefix)
		}
		if s.Header, err = s.Header.Check(); err != nil {
			return fmt.Errorf("site %q: %w", s.Name, err)
		}
		s.Host, s.Layout = host, cmp.Or(s.Layout, nativeLayout)
		c.sites = append(c.sites, s)
	}
	slices.SortStableFunc(c.sites, func(a, b Site) int {
		return cmp.Or(cmp.Compare(min(1, len(b.Host)), min(1, len(a.Host))), cmp.Compare(len(b.Prefix), len(a.Prefix)))
	})
	return nil
}

// covers reports whether a request is to the site.
func (s *Site) covers(host, path string) bool {
	if s.Host != "" && s.Host != host {
		return false
	}
	rest, ok := strings.CutPrefix(path, s.Prefix)
	return ok && (s.Prefix == "" || rest == "" || rest[0] == '/')
}

// headerFor returns the header for credentials under a rule.
func (c *policy) headerFor(rule *route.Rule, host, path string) route.HeaderSpec {
	if rule.Header.Name == "" {
		for i := range c.sites {
			if s := &c.sites[i]; s.Header.Name != "" && s.covers(host, path) {
				return s.Header
			}
		}
	}
	return rule.Header
}

// mayUse refuses a credential to those whose role must not use its kind: by the
// method that took it, by the site that is asked, by the site that issued it.
func (c *policy) mayUse(m *method, id *api.Identity, a *api.Attempt) error {
	if m != nil && hasOne(id, m.refuse) {
		return roleRefused()
	}
	if len(c.sites) == 0 {
		return nil
	}
	host, err := route.Host(a.Host)
	if err != nil {
		return err
	}
	for i := range c.sites {
		s := &c.sites[i]
		list := s.RefuseToken
		if a.Credential.Kind == api.Basic {
			list = s.RefuseBasic
		} else if id.Proof.TokenID == "" {
			continue
		}
		if hasOne(id, list) && s.covers(host, a.Path) {
			return roleRefused()
		}
	}
	return c.mayHold(id)
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

func hasOne(id *api.Identity, roles []string) bool {
	return len(roles) > 0 && id.HasRole(roles...)
}

func roleRefused() error {
	return api.E(api.Denied, api.ReasonRoleRefused, "your role may not log in or use the API in this way")
}
