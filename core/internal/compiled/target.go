package compiled

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
)

// Target is the place that a request is for.
type Target struct {
	Host, Path string         // canonical
	Rule       *route.Rule    // nil at our own endpoints
	Read       *route.Reading // how the upstream could read the request; nil: literally
}

// Within reports whether a request is in one of the places, in every way of reading it. An
// empty list is everywhere.
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

// mayBeIn reports whether a request is in a site in any way of reading it. It is false if
// at is nil.
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

// TargetOf returns the target of an attempt. A target with an invalid path is only in places
// that cover every path.
func TargetOf(a *api.Attempt) (*Target, error) {
	host, err := route.Host(a.Host)
	return &Target{Host: host, Path: a.Path}, err
}

// RuleName returns the name of the rule, or "" if there is none.
func (at *Target) RuleName() string {
	if at == nil {
		return ""
	}
	return RuleName(at.Rule)
}

// directory returns the directory that the rule requires; "" is any.
func (at *Target) directory() string {
	if at.Rule == nil {
		return ""
	}
	return at.Rule.Directory
}

// RuleName returns the name of a rule, which may be nil.
func RuleName(r *route.Rule) string {
	if r == nil {
		return ""
	}
	return r.Name
}
