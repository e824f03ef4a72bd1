package compiled

import (
	"strings"

	"github.com/cardea-auth/cardea/core/policy"
)

// Which sites the login points are told of. A login at an endpoint is of one. A
// password by Basic, or a token whose roles are read anew, may be of several: of those
// in one place, and of those that the upstream could take the request for. Then the
// points are asked for each of them: all must allow, and only roles and scopes that
// all leave remain.

// DialectSeparator is between the names of several sites; no name holds it.
const DialectSeparator = "\x00"

// DialectsAt names the innermost sites that are asked at a place; "" is none.
func (list sites) DialectsAt(at *Target) string { return list.dialectsWhere(at, anySite) }

// TokenDialectsAt names the innermost sites with tokens of their own that are asked at a
// place: their hooks judge the tokens of other sites as well.
func (list sites) TokenDialectsAt(at *Target) string { return list.dialectsWhere(at, hasOwnTokens) }

func anySite(*site) bool { return true }

func (list sites) dialectsWhere(at *Target, fits func(*site) bool) string {
	if len(list) == 0 {
		return ""
	}
	names := list.dialectsNear(at.Host, at.Path, fits)
	if at.Read == nil {
		return names
	}
	return list.dialectsRead(at, names, fits)
}

// dialectsRead stands apart, since what its loop uses moves to the heap.
func (list sites) dialectsRead(at *Target, names string, fits func(*site) bool) string {
	for m := range at.Read.All() {
		names = WithDialects(names, list.dialectsNear(at.Host, m.Path, fits))
	}
	return names
}

// dialectsNear names the innermost sites at a path: those that have the same place
// are asked together.
func (list sites) dialectsNear(host, path string, fits func(*site) bool) (names string) {
	var first *site
	for i := range list {
		s := &list[i]
		switch {
		case !fits(s) || !s.reaches(host, path):
		case first == nil:
			first, names = s, s.Name
		case len(s.Prefix) == len(first.Prefix) && (s.Host == "") == (first.Host == ""):
			names = WithDialects(names, s.Name)
		}
	}
	return names
}

// DialectsOf names the sites whose logins a token of a layout may come from. Native
// tokens may also come from none.
func (list sites) DialectsOf(layout string) string {
	if layout == policy.NativeName {
		layout = ""
	}
	names, none := layout, layout != ""
	for i := range list {
		s := &list[i]
		switch {
		case s.Layout != layout && (layout != "" || s.Layout != policy.NativeName):
		case none:
			names, none = s.Name, false
		default:
			names = WithDialects(names, s.Name)
		}
	}
	return names
}

// DialectsFor is DialectsOf for a token that is shown at a place: sites that accept
// tokens of another have their hooks judge them as well.
func (list sites) DialectsFor(layout string, at *Target) string {
	names := list.DialectsOf(layout)
	if layout == policy.NativeName {
		return names
	}
	for name := range strings.SplitSeq(list.TokenDialectsAt(at), DialectSeparator) {
		if name != "" {
			names = WithDialects(names, name)
		}
	}
	return names
}

// RefreshedAs names the sites that login-after is asked for at a refresh: the one at which
// the session began, and the one that is asked. Where the first is not known, or is no
// site any more, those are asked whose logins such a session may come from.
func (list sites) RefreshedAs(began, asked, layout string) string {
	names := began
	if list.named(began) == nil {
		names = list.DialectsOf(layout)
		if began != "" {
			names = WithDialects(names, began)
		}
	}
	if asked == "" {
		return names
	}
	return WithDialects(names, asked)
}

// WithDialects adds names to others, each once.
func WithDialects(names, more string) string {
	for name := range strings.SplitSeq(more, DialectSeparator) {
		if !hasDialect(names, name) {
			names += DialectSeparator + name
		}
	}
	return names
}

func hasDialect(names, name string) bool {
	for known := range strings.SplitSeq(names, DialectSeparator) {
		if known == name {
			return true
		}
	}
	return false
}

// FirstDialect is the one that events tell.
func FirstDialect(names string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(names, DialectSeparator), DialectSeparator)
	return first
}
