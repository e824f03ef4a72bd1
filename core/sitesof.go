package core

import (
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
)

// sitesOf is [Tokens.SitesOf].
func (e *Engine) sitesOf(id api.Identity) (names []string, ok bool) {
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
