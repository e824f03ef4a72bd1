package compiled

import (
	"cmp"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
)

// CheckMethod refuses a credential whose user has a role that may not use it: by the method
// that accepted it, by the site that is asked, or by the site that issued it. Every login is
// checked like a password, whatever scheme or header it was read from.
func (c *Policy) CheckMethod(m *Method, id *api.Identity, kind api.Kind, at *Target) error {
	if m != nil && HasOne(id, m.Refuse) {
		return RoleRefused()
	}
	for i := range c.Sites {
		s := &c.Sites[i]
		list := s.RefuseToken
		if kind == api.Basic || loggedIn(id, kind) {
			list = s.RefuseBasic
		} else if id.Proof.TokenID == "" {
			continue
		}
		if HasOne(id, list) && at.mayBeIn(s) {
			return RoleRefused()
		}
	}
	return c.Sites.CheckToken(id)
}

// RefusesBasic reports whether a site at a place refuses Basic to users with some role.
func (c *Policy) RefusesBasic(at *Target) bool {
	for i := range c.Sites {
		if s := &c.Sites[i]; len(s.RefuseBasic) > 0 && at.mayBeIn(s) {
			return true
		}
	}
	return false
}

// loggedIn reports whether an identity was proved by a login with this request, and not by
// a token, an API key or a credential in place of one.
func loggedIn(id *api.Identity, kind api.Kind) bool {
	return id.Proof.TokenID == "" && id.Proof.APIKey == "" && (isLogin(kind) || kind == api.NoCredential)
}

// CheckKept refuses a token whose user, by the current roles, would not get one.
func (c *Policy) CheckKept(id *api.Identity) error {
	if HasOne(id, c.Tokens.RefuseRoles) && c.rolesAnew(id) {
		return RoleRefused()
	}
	return nil
}

// CheckLogin refuses a login to users that may not get a token by it.
func (c *Policy) CheckLogin(id *api.Identity, dialect string) error {
	return c.checkGet(id, func(s *site) bool { return s.Name == dialect })
}

// CheckIssue refuses to issue a token of a token format that the user may not have.
func (c *Policy) CheckIssue(id *api.Identity, format string) error {
	format = cmp.Or(format, policy.NativeName)
	return c.checkGet(id, func(s *site) bool { return s.TokenFormat == format })
}

// checkGet refuses a token to users that may not get one at the sites selected by of.
func (c *Policy) checkGet(id *api.Identity, of func(*site) bool) error {
	refused := HasOne(id, c.Tokens.RefuseRoles)
	for i := range c.Sites {
		s := &c.Sites[i]
		refused = refused || of(s) && (HasOne(id, s.RefuseLogin) || HasOne(id, s.RefuseToken))
	}
	if refused {
		return RoleRefused()
	}
	return nil
}

// HasOne reports whether an identity has one of the roles. Super administrators count as
// administrators.
func HasOne(id *api.Identity, roles []string) bool {
	return id.HasRole(roles...) || id.SuperAdmin && slices.Contains(roles, administrator)
}

// RoleRefused returns the refusal for a user whose role may not do this.
func RoleRefused() error {
	return api.E(api.Denied, api.ReasonRoleRefused, "your role may not log in or use the API in this way")
}
