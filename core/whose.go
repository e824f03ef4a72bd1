package core

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Whose user a credential stands for, by the site that is asked.

// asked names the directory whose user a credential stands for at a place, where
// that makes a difference: a password is tried there alone, and in a network it is
// the site that is asked. "" leaves it to the credential.
//
// In a network the site's own directory comes before the rule's: somebody who is an
// administrator of one site may be nobody at the next, and a rule that wants users
// of another site than its own then refuses them.
func (c *policy) asked(kind api.Kind, at *place) (string, error) {
	if c.networked {
		d, err := c.siteDirectory(at, hasOwnTokens)
		if err != nil || d != "" && c.shareUsers(d, at.directory()) {
			return d, err
		}
	}
	if c.networked || kind == api.Basic {
		return c.directoryAt(kind, at)
	}
	return "", nil
}

// directoryAt names the directory whose users the rule wants. A password is a login
// of the site besides: without a rule's word it is tried in the site's directory.
func (c *policy) directoryAt(kind api.Kind, at *place) (string, error) {
	if d := at.directory(); d != "" || kind != api.Basic {
		return d, nil
	}
	return c.siteDirectory(at, hasDirectory)
}

func hasOwnTokens(s *Site) bool { return s.Layout != nativeLayout }

func hasDirectory(s *Site) bool { return s.Directory != "" }

// siteDirectory names the directory of the innermost site that fits, by the path and
// by what the upstream could take the request for; "" is none. What could be for two
// sites with two directories is refused: each would take somebody else for its user.
func (c *policy) siteDirectory(at *place, fits func(*Site) bool) (string, error) {
	found := c.directoryNear(at.host, at.path, fits)
	if at.read == nil {
		return found, nil
	}
	return c.directoryRead(at, found, fits)
}

// directoryRead stands apart, since what its loop uses moves to the heap.
func (c *policy) directoryRead(at *place, found string, fits func(*Site) bool) (string, error) {
	for m := range at.read.All() {
		d := c.directoryNear(at.host, m.Path, fits)
		switch {
		case found == "":
			found = d
		case d != "" && d != found:
			return "", api.E(api.Invalid, api.ReasonBadPath, "the request could be for two sites, which have different users")
		}
	}
	return found, nil
}

func (c *policy) directoryNear(host, path string, fits func(*Site) bool) string {
	for i := range c.sites {
		if s := &c.sites[i]; fits(s) && s.reaches(host, path) {
			return s.Directory
		}
	}
	return ""
}

// headerFor returns the header for credentials under a rule. Where another of the
// rules that govern the request refuses the standard header, it is that one's.
func (c *policy) headerFor(rule *route.Rule, at *place) (*route.HeaderSpec, error) {
	chosen := c.headerUnder(rule, at.host, at.path)
	if at.read == nil || !c.refusesStandard {
		return chosen, nil
	}
	return c.strictHeader(chosen, at)
}

func (c *policy) strictHeader(chosen *route.HeaderSpec, at *place) (*route.HeaderSpec, error) {
	for m := range at.read.All() {
		rule, _ := c.rules.Match(at.host, m.Method, m.Path)
		if rule == nil || rule.Access == route.Public {
			continue
		}
		h := c.headerUnder(rule, at.host, m.Path)
		switch {
		case !h.RefuseStandard || *h == *chosen:
		case chosen.RefuseStandard:
			return nil, twoHeaders()
		default:
			chosen = h
		}
	}
	return chosen, nil
}

// headerUnder is the header of a rule, or else of the innermost site that has one.
func (c *policy) headerUnder(rule *route.Rule, host, path string) *route.HeaderSpec {
	if rule.Header.Name == "" {
		for i := range c.sites {
			if s := &c.sites[i]; s.Header.Name != "" && s.reaches(host, path) {
				return &s.Header
			}
		}
	}
	return &rule.Header
}

func twoHeaders() error {
	return api.E(api.Invalid, api.ReasonBadPath, "the request can be read in two ways, whose credentials stand in two headers")
}
