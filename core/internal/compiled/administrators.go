package compiled

import "slices"

// administrator is the role of who may do everything at a site.
const administrator = "administrator"

// RefusesAdministrators reports whether administrators may not use a token somewhere, or
// get one there in exchange for another.
func (c *Policy) RefusesAdministrators(m *Method) bool {
	if m != nil && slices.Contains(m.Refuse, administrator) || slices.Contains(c.Tokens.RefuseRoles, administrator) {
		return true
	}
	return slices.ContainsFunc(c.Sites, func(s site) bool {
		return slices.Contains(s.RefuseToken, administrator) || slices.Contains(s.RefuseLogin, administrator)
	})
}
