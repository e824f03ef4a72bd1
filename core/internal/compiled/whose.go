package compiled

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
)

// The directory of a credential's user, by the site that is asked.

// AskedDirectory returns the directory of a credential's user at a place if that makes a
// difference: a login is checked only there, and in a network it is that of the site that
// is asked. "" means that the credential determines it.
//
// In a network the site's own directory comes before the rule's: an administrator of one
// site may be unknown at the next, and a rule for users of another site then refuses them.
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

// isLogin reports whether a credential of this kind is a login at each place: a password,
// or the credential of a method's own scheme. Tokens and API keys result from an earlier
// login.
func isLogin(kind api.Kind) bool { return kind == api.Basic || kind.IsScheme() }

// DirectoryAt returns the directory that the rule requires. A login is checked in the
// site's directory if the rule names none.
func (c *Policy) DirectoryAt(kind api.Kind, at *Target) (string, error) {
	if d := at.directory(); d != "" || !isLogin(kind) {
		return d, nil
	}
	return c.Sites.siteDirectory(at, hasDirectory)
}

func hasOwnTokens(s *site) bool { return s.TokenFormat != policy.NativeName }

func hasDirectory(s *site) bool { return s.Directory != "" }

// siteDirectory returns the directory of the innermost matching site in every way of
// reading the request, or "". It refuses a request that could be for two sites with
// different directories: each would see a different user.
func (list sites) siteDirectory(at *Target, fits func(*site) bool) (string, error) {
	found := list.directoryNear(at.Host, at.Path, fits)
	if at.Read == nil {
		return found, nil
	}
	return list.directoryRead(at, found, fits)
}

// directoryRead is a function of its own because the variables of its loop escape to the
// heap.
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

// HeaderFor returns the header for credentials under a rule. If another rule that governs
// the request refuses the standard header, it returns that rule's header.
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

// headerUnder returns the header of a rule, or of the innermost site that has one.
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

// TwoHeaders returns the refusal of a request whose credential could be in two headers.
func TwoHeaders() error {
	return api.E(api.Invalid, api.ReasonBadPath, "the request can be read in two ways, with its credentials in different headers")
}

// shareUsers reports whether a site's directory is in one network with wanted, or in any
// network if wanted is "".
func (c *Policy) shareUsers(site, wanted string) bool {
	network := c.networks[site]
	return network != "" && (wanted == "" || c.networks[wanted] == network)
}
