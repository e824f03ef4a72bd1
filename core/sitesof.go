package core

import (
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
)

// SitesOf names the sites at which an identity's token counts: its own, and those
// that accept it. ok is false for a credential that belongs to no site.
func (e *Engine) SitesOf(id api.Identity) (names []string, ok bool) {
	p := e.policy.Load()
	l, known := p.Layout(id.Proof.Layout)
	if id.Proof.TokenID == "" || !known || !l.SiteBound {
		return nil, false
	}
	for i := range p.Sites {
		if s := &p.Sites[i]; s.Layout != policy.NativeName && s.Accepts(l.Name) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names, true
}
