package compiled

import "github.com/cardea-auth/cardea/core/api"

// AsksLoginHooks reports whether login hooks may change the identity for a kind of
// credential: it is a password, or roles are read again for it.
func (p *Policy) AsksLoginHooks(kind api.Kind) bool {
	switch {
	case kind == api.Basic:
		return p.Hooks.LoginBefore.Len()+p.Hooks.LoginAfter.Len() > 0
	case kind == api.Bearer:
		return p.rereads && p.Hooks.LoginAfter.Len() > 0
	}
	return p.networked && p.Hooks.LoginAfter.Len() > 0 // another site of a network reads its own roles
}

// ReadAnew reports whether login-after must run for the bearer of a token, because the
// roles do not come from the token.
func (p *Policy) ReadAnew(id *api.Identity) bool {
	return p.Hooks.LoginAfter.Len() > 0 && p.rolesAnew(id)
}

// rolesAnew reports whether the roles of a token's bearer were read from the directory.
func (p *Policy) rolesAnew(id *api.Identity) bool {
	if id.Proof.TokenID == "" {
		return false
	}
	l, ok := p.TokenFormat(id.Proof.TokenFormat)
	if !ok || l.Verifying != nil {
		return false
	}
	_, complete, err := l.Read(id.Proof.Claims)
	return err != nil || !complete
}

// SignedByRing reports whether a token was signed by one of the engine's keys, not by a key
// of its token format.
func (c *Policy) SignedByRing(proof *api.Proof) bool {
	if proof.TokenID == "" || proof.KeyID == "" || proof.TokenFormat == "" {
		return false
	}
	l, ok := c.TokenFormat(proof.TokenFormat)
	if !ok || l.Verifying != nil {
		return false
	}
	for i := range l.Keys {
		if l.Keys[i].ID == proof.KeyID {
			return false
		}
	}
	return true
}

// Residence returns the directory whose users may use a site's endpoints; "" is any. Users
// of external issuers are in no directory, so only the rule applies to them.
func (c *Policy) Residence(at *Target, a *api.Attempt, id *api.Identity) string {
	if s := c.Sites.at(at.Host, at.Path); s != nil && s.Directory != "" && !c.External(id) {
		return s.Directory
	}
	if rule, ok := c.Rules.Match(at.Host, a.Method, at.Path); ok {
		return rule.Directory
	}
	return ""
}
