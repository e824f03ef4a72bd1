package compiled

import (
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
)

// CheckPlace refuses a credential where it is not accepted (RFC 8725 sections 3.8 and 3.9):
// a token of a site outside that site, and any other one outside the places configured for
// it. If at is nil, everything is accepted.
func (c *Policy) CheckPlace(m *Method, id *api.Identity, at *Target) error {
	if at == nil {
		return nil
	}
	if m != nil && !at.Within(m.Places) {
		return NotAccepted()
	}
	if id.Proof.TokenID == "" || c.tokenCounts(id.Proof.TokenFormat, at) {
		return nil
	}
	return api.E(api.Unauthenticated, api.ReasonTokenSite, "the token does not count at this site")
}

// tokenCounts reports whether tokens of a token format are accepted at a place.
func (c *Policy) tokenCounts(format string, at *Target) bool {
	l, ok := c.TokenFormat(format)
	switch {
	case !ok:
		return false
	case !l.SiteBound:
		return at.Within(l.Places)
	case at.Rule != nil && slices.Contains(at.Rule.AcceptsFrom, l.Name):
		return true
	case !c.countsAt(l, at.Host, at.Path):
		return false
	}
	for m := range at.Read.All() {
		if !c.countsAt(l, at.Host, m.Path) {
			return false
		}
	}
	return true
}

// countsAt reports whether the site at a path has, or accepts, tokens of the token format.
func (c *Policy) countsAt(l *TokenFormat, host, path string) bool {
	s := c.Sites.at(host, path)
	return s != nil && s.Accepts(l.Name)
}

// CheckHost refuses a host on which tokens of a token format are accepted nowhere.
func (c *Policy) CheckHost(format, authority string) error {
	l, ok := c.TokenFormat(format)
	if !ok {
		return nil // no session has it
	}
	list := l.Places
	if l.SiteBound {
		list = nil
		for i := range c.Sites {
			if c.Sites[i].TokenFormat == l.Name {
				list = append(list, c.Sites[i].places...)
			}
		}
	}
	host, err := route.Host(authority)
	if err != nil {
		return err
	}
	if len(list) == 0 || slices.ContainsFunc(list, func(p policy.Place) bool { return p.Host == "" || p.Host == host }) {
		return nil
	}
	return api.E(api.Unauthenticated, api.ReasonTokenSite, "the token does not count at this site")
}

// NotAccepted returns the refusal of a credential that is not accepted at this place.
func NotAccepted() error {
	return api.E(api.Unauthenticated, api.ReasonBadCredential, "credentials of this kind are not accepted here")
}
