package policy

import (
	"maps"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Clone returns a copy that shares no list with p, so changing one does not change the
// other. Functions, methods, keys and hooks are shared.
func (p Policy) Clone() Policy {
	p.Methods = cloneEach(p.Methods, func(m *NamedMethod) {
		own(&m.RefuseRoles)
		own(&m.Places)
	})
	p.Rules = cloneEach(p.Rules, func(r *route.Rule) {
		own(&r.Roles)
		own(&r.Scopes)
		own(&r.Methods)
		own(&r.AcceptsFrom)
	})
	p.TokenFormats = cloneEach(p.TokenFormats, func(l *TokenFormat) {
		own(&l.Head)
		own(&l.Order)
		own(&l.Audience)
		l.Keys = cloneEach(l.Keys, func(k *api.Key) { k.Chain = cloneEach(k.Chain, own) })
		own(&l.Places)
		own(&l.Profile.Types)
		own(&l.Profile.Issuers)
		own(&l.Profile.Audiences)
		own(&l.Profile.Require)
	})
	p.Sites = cloneEach(p.Sites, func(s *Site) {
		own(&s.Aliases)
		own(&s.AcceptsFrom)
		own(&s.RefuseLogin)
		own(&s.RefuseBasic)
		own(&s.RefuseToken)
		s.UserClaims = maps.Clone(s.UserClaims)
	})
	own(&p.Tokens.Issuers)
	own(&p.Tokens.Audience)
	own(&p.Tokens.RefuseRoles)
	own(&p.Tokens.Places)
	own(&p.ProtectedHeaders)
	own(&p.Scripts)
	return p
}

// cloneEach returns a copy of a list after applying change to each member.
func cloneEach[T any](list []T, change func(*T)) []T {
	list = slices.Clone(list)
	for i := range list {
		change(&list[i])
	}
	return list
}

func own[T any](list *[]T) { *list = slices.Clone(*list) }
