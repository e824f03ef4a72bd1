package compiled

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
)

// Target is where a request goes.
type Target struct {
	Host, Path string         // canonical
	Rule       *route.Rule    // nil at endpoints of our own
	Read       *route.Reading // what the upstream could take the request for; nil: what it is by its path
}

// Within reports whether a request is to one of the places, by its path and by
// whatever the upstream could take it for; an empty list is everywhere.
func (at *Target) Within(list []policy.Place) bool {
	if !policy.Anywhere(list, at.Host, at.Path) {
		return false
	}
	if len(list) == 0 || at.Read == nil {
		return true
	}
	for m := range at.Read.All() {
		if !policy.Anywhere(list, at.Host, m.Path) {
			return false
		}
	}
	return true
}

// mayBeIn reports whether a request is to a site, by its path or by what the
// upstream could take it for. What is at no place, nil, is in none.
func (at *Target) mayBeIn(s *site) bool {
	if at == nil {
		return false
	}
	if s.reaches(at.Host, at.Path) {
		return true
	}
	for m := range at.Read.All() {
		if s.reaches(at.Host, m.Path) {
			return true
		}
	}
	return false
}

// TargetOf reads a place out of an attempt. A path that cannot be read is in no
// place but those that are everywhere.
func TargetOf(a *api.Attempt) (*Target, error) {
	host, err := route.Host(a.Host)
	return &Target{Host: host, Path: a.Path}, err
}

// RuleName is the name of the rule; "" if there is none.
func (at *Target) RuleName() string {
	if at == nil {
		return ""
	}
	return RuleName(at.Rule)
}

// directory is the one that the rule wants the user to be in; "" is any.
func (at *Target) directory() string {
	if at.Rule == nil {
		return ""
	}
	return at.Rule.Directory
}

// RuleName is the name of a rule, which may be nil.
func RuleName(r *route.Rule) string {
	if r == nil {
		return ""
	}
	return r.Name
}
