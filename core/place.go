package core

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Place is a part of a host: what lies at the path Prefix and below it. The zero
// value is everywhere.
type Place struct {
	Host   string // in any form that [route.Host] reads; "" is any host
	Prefix string // canonical path without a slash at its end; "" is all
}

// check returns the place with its host in canonical form.
func (p Place) check() (Place, error) {
	host, err := route.Host(p.Host)
	if err != nil {
		return p, err
	}
	if p.Prefix != "" && (p.Prefix[0] != '/' || strings.HasSuffix(p.Prefix, "/")) {
		return p, fmt.Errorf("prefix %q: write it as /blog", p.Prefix)
	}
	p.Host = host
	return p, nil
}

// checkPlaces returns a checked copy of a list; nil stays nil.
func checkPlaces(list []Place) ([]Place, error) {
	var checked []Place
	for _, p := range list {
		p, err := p.check()
		if err != nil {
			return nil, err
		}
		checked = append(checked, p)
	}
	return checked, nil
}

// covers reports whether a canonical host and path are in the place.
func (p Place) covers(host, path string) bool {
	return p.reaches(host, path) && strings.HasPrefix(path, p.Prefix)
}

// reaches is covers without regard to the case of letters, as networks of sites
// compare the directories in which these are.
func (p Place) reaches(host, path string) bool {
	n := len(p.Prefix)
	switch {
	case p.Host != "" && p.Host != host, len(path) < n:
		return false
	case n == 0:
		return true
	}
	return strings.EqualFold(path[:n], p.Prefix) && (len(path) == n || path[n] == '/')
}

// anywhere reports whether one of the places covers a host and path; an empty
// list is everywhere.
func anywhere(list []Place, host, path string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(p Place) bool { return p.covers(host, path) })
}

// checkPlace refuses a credential away from where it counts (RFC 8725 sections 3.8
// and 3.9): a token of a site outside that site, and one of any other kind outside
// the places that were named for it. At no place in particular, nil, all count.
func (c *policy) checkPlace(m *method, id *api.Identity, at *place) error {
	if at == nil {
		return nil
	}
	if m != nil && !at.within(m.places) {
		return notAccepted()
	}
	if id.Proof.TokenID == "" || c.tokenCounts(id.Proof.Layout, at) {
		return nil
	}
	return api.E(api.Unauthenticated, api.ReasonTokenSite, "the token does not count at this site")
}

// tokenCounts reports whether tokens of a layout count at a place.
func (c *policy) tokenCounts(layout string, at *place) bool {
	l, ok := c.layout(layout)
	switch {
	case !ok:
		return false
	case !l.bound:
		return at.within(l.Places)
	case at.rule != nil && slices.Contains(at.rule.AcceptsFrom, l.Name):
		return true
	case !c.countsAt(l, at.host, at.path):
		return false
	}
	for m := range at.read.All() {
		if !c.countsAt(l, at.host, m.Path) {
			return false
		}
	}
	return true
}

// countsAt reports whether the site at a path has, or accepts, tokens of the layout.
func (c *policy) countsAt(l *Layout, host, path string) bool {
	s := c.siteAt(host, path)
	return s != nil && s.accepts(l.Name)
}

// checkHost refuses a host on which tokens of a layout count nowhere.
func (c *policy) checkHost(layout, authority string) error {
	l, ok := c.layout(layout)
	if !ok {
		return nil // no session is of it
	}
	list := l.Places
	if l.bound {
		list = nil
		for i := range c.sites {
			if c.sites[i].Layout == l.Name {
				list = append(list, c.sites[i].places...)
			}
		}
	}
	host, err := route.Host(authority)
	if err != nil {
		return err
	}
	if len(list) == 0 || slices.ContainsFunc(list, func(p Place) bool { return p.Host == "" || p.Host == host }) {
		return nil
	}
	return api.E(api.Unauthenticated, api.ReasonTokenSite, "the token does not count at this site")
}

// SitesOf names the sites at which an identity's token counts: its own, and those
// that accept it. ok is false for a credential that belongs to no site.
func (e *Engine) SitesOf(id api.Identity) (names []string, ok bool) {
	p := e.policy.Load()
	l, known := p.layout(id.Proof.Layout)
	if id.Proof.TokenID == "" || !known || !l.bound {
		return nil, false
	}
	for i := range p.sites {
		if s := &p.sites[i]; s.Layout != nativeLayout && s.accepts(l.Name) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names, true
}

// place is where a request goes.
type place struct {
	host, path string         // canonical
	rule       *route.Rule    // nil at endpoints of our own
	read       *route.Reading // what the upstream could take the request for; nil: what it is by its path
}

// within reports whether a request is to one of the places, by its path and by
// whatever the upstream could take it for; an empty list is everywhere.
func (at *place) within(list []Place) bool {
	if !anywhere(list, at.host, at.path) {
		return false
	}
	if len(list) == 0 || at.read == nil {
		return true
	}
	for m := range at.read.All() {
		if !anywhere(list, at.host, m.Path) {
			return false
		}
	}
	return true
}

// mayBeIn reports whether a request is to a site, by its path or by what the
// upstream could take it for. What is at no place, nil, is in none.
func (at *place) mayBeIn(s *Site) bool {
	if at == nil {
		return false
	}
	if s.reaches(at.host, at.path) {
		return true
	}
	for m := range at.read.All() {
		if s.reaches(at.host, m.Path) {
			return true
		}
	}
	return false
}

// placeOf reads a place out of an attempt. A path that cannot be read is in no
// place but those that are everywhere.
func placeOf(a *api.Attempt) (*place, error) {
	host, err := route.Host(a.Host)
	return &place{host: host, path: a.Path}, err
}

func (at *place) ruleName() string {
	if at == nil {
		return ""
	}
	return ruleName(at.rule)
}

// directory is the one that the rule wants the user to be in; "" is any.
func (at *place) directory() string {
	if at.rule == nil {
		return ""
	}
	return at.rule.Directory
}
