package compiled

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
)

// Whose user a credential stands for, by the site that is asked.

// AskedDirectory names the directory whose user a credential stands for at a place, where
// that makes a difference: a login is tried there alone, and in a network it is
// the site that is asked. "" leaves it to the credential.
//
// In a network the site's own directory comes before the rule's: somebody who is an
// administrator of one site may be nobody at the next, and a rule that wants users
// of another site than its own then refuses them.
func (c *Policy) AskedDirectory(kind api.Kind, at *Target) (string, error) {
	if c.networked {
		d, err := c.Sites.siteDirectory(at, hasOwnTokens)
		if err != nil || d != "" && c.shareUsers(d, at.directory()) {
			return d, err
		}
	}
	if c.networked || isLogin(kind) {
		return c.DirectoryAt(kind, at)
	}
	return "", nil
}

// isLogin reports whether a credential of a kind logs its user in anew at each place: a
// password, or what a method's own scheme proves. A token or an API key was given to its
// user before, by a login that is over.
func isLogin(kind api.Kind) bool { return kind == api.Basic || kind.IsScheme() }

// DirectoryAt names the directory whose users the rule wants. A login is one of the site
// besides: without a rule's word it is tried in the site's directory.
func (c *Policy) DirectoryAt(kind api.Kind, at *Target) (string, error) {
	if d := at.directory(); d != "" || !isLogin(kind) {
		return d, nil
	}
	return c.Sites.siteDirectory(at, hasDirectory)
}

func hasOwnTokens(s *site) bool { return s.Layout != policy.NativeName }

func hasDirectory(s *site) bool { return s.Directory != "" }

// siteDirectory names the directory of the innermost site that fits, by the path and
// by what the upstream could take the request for; "" is none. What could be for two
// sites with two directories is refused: each would take somebody else for its user.
func (list sites) siteDirectory(at *Target, fits func(*site) bool) (string, error) {
	found := list.directoryNear(at.Host, at.Path, fits)
	if at.Read == nil {
		return found, nil
	}
	return list.directoryRead(at, found, fits)
}

// directoryRead stands apart, since what its loop uses moves to the heap.
func (list sites) directoryRead(at *Target, found string, fits func(*site) bool) (string, error) {
	for m := range at.Read.All() {
		d := list.directoryNear(at.Host, m.Path, fits)
		switch {
		case found == "":
			found = d
		case d != "" && d != found:
			return "", api.E(api.Invalid, api.ReasonBadPath, "the request could be for two sites, which have different users")
		}
	}
	return found, nil
}

func (list sites) directoryNear(host, path string, fits func(*site) bool) string {
	for i := range list {
		if s := &list[i]; fits(s) && s.reaches(host, path) {
			return s.Directory
		}
	}
	return ""
}

// HeaderFor returns the header for credentials under a rule. Where another of the
// rules that govern the request refuses the standard header, it is that one's.
func (c *Policy) HeaderFor(rule *route.Rule, at *Target) (*route.HeaderSpec, error) {
	chosen := c.headerUnder(rule, at.Host, at.Path)
	if at.Read == nil || !c.refusesStandard {
		return chosen, nil
	}
	return c.strictHeader(chosen, at)
}

func (c *Policy) strictHeader(chosen *route.HeaderSpec, at *Target) (*route.HeaderSpec, error) {
	for m := range at.Read.All() {
		rule, _ := c.Rules.Match(at.Host, m.Method, m.Path)
		if rule == nil || rule.Access == route.Public {
			continue
		}
		h := c.headerUnder(rule, at.Host, m.Path)
		switch {
		case !h.RefuseStandard || *h == *chosen:
		case chosen.RefuseStandard:
			return nil, TwoHeaders()
		default:
			chosen = h
		}
	}
	return chosen, nil
}

// headerUnder is the header of a rule, or else of the innermost site that has one.
func (c *Policy) headerUnder(rule *route.Rule, host, path string) *route.HeaderSpec {
	if rule.Header.Name == "" {
		for i := range c.Sites {
			if s := &c.Sites[i]; s.Header.Name != "" && s.reaches(host, path) {
				return &s.Header
			}
		}
	}
	return &rule.Header
}

// TwoHeaders refuses a request whose credentials could stand in two headers.
func TwoHeaders() error {
	return api.E(api.Invalid, api.ReasonBadPath, "the request can be read in two ways, whose credentials stand in two headers")
}

// shareUsers reports whether a site's directory is of one network with another, or
// of one at all if there is none to compare.
func (c *Policy) shareUsers(site, wanted string) bool {
	network := c.networks[site]
	return network != "" && (wanted == "" || c.networks[wanted] == network)
}
