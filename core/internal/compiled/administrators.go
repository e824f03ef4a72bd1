package compiled

import "slices"

// administrator is the role with all permissions at a site.
const administrator = "administrator"

// RefusesAdministrators reports whether administrators may not use a token somewhere, or
// may not get one by logging in.
func (c *Policy) RefusesAdministrators(m *Method) bool {
	if m != nil && slices.Contains(m.Refuse, administrator) || slices.Contains(c.Tokens.RefuseRoles, administrator) {
		return true
	}
	return slices.ContainsFunc(c.Sites, func(s site) bool {
		return slices.Contains(s.RefuseToken, administrator) || slices.Contains(s.RefuseLogin, administrator)
	})
}
