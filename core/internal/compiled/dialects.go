package compiled

import (
	"strings"

	"github.com/cardea-auth/cardea/core/policy"
)

// The sites for which login hooks run. A login at an endpoint has one site. A Basic
// password, or a token whose roles are read again, may have several: those at the place,
// and those that the upstream could take the request for. The hooks then run for each of
// them; all must allow it, and only roles and scopes that all leave remain.

// DialectSeparator separates the names of several sites; no name contains it.
const DialectSeparator = "\x00"

// DialectsAt returns the names of the innermost sites at a place, or "" if there is none.
func (list sites) DialectsAt(at *Target) string { return list.dialectsWhere(at, anySite) }

// TokenDialectsAt returns the names of the innermost sites at a place that have tokens of
// their own: their hooks also run for tokens of other sites.
func (list sites) TokenDialectsAt(at *Target) string { return list.dialectsWhere(at, hasOwnTokens) }

// SameDialects reports whether login hooks run for the same sites at both places.
func (list sites) SameDialects(a, b *Target) bool {
	return list.DialectsAt(a) == list.DialectsAt(b) && list.TokenDialectsAt(a) == list.TokenDialectsAt(b)
}

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

// dialectsRead is a function of its own because the variables of its loop escape to the
// heap.
func (list sites) dialectsRead(at *Target, names string, fits func(*site) bool) string {
	for m := range at.Read.All() {
		names = WithDialects(names, list.dialectsNear(at.Host, m.Path, fits))
	}
	return names
}

// dialectsNear returns the names of the innermost sites at a path, several if they have the
// same place.
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

// DialectsOf returns the names of the sites at which a token of a token format may have been
// issued. A native token may also have been issued at no site.
func (list sites) DialectsOf(format string) string {
	if format == policy.NativeName {
		format = ""
	}
	names, none := format, format != ""
	for i := range list {
		s := &list[i]
		switch {
		case s.TokenFormat != format && (format != "" || s.TokenFormat != policy.NativeName):
		case none:
			names, none = s.Name, false
		default:
			names = WithDialects(names, s.Name)
		}
	}
	return names
}

// DialectsFor is DialectsOf for a token used at a place: hooks of a site that accepts
// tokens of another run for them as well.
func (list sites) DialectsFor(format string, at *Target) string {
	names := list.DialectsOf(format)
	if format == policy.NativeName {
		return names
	}
	for name := range strings.SplitSeq(list.TokenDialectsAt(at), DialectSeparator) {
		if name != "" {
			names = WithDialects(names, name)
		}
	}
	return names
}

// RefreshedAs returns the names of the sites for which login-after runs at a refresh: the
// one at which the session began, and the one that is asked. If the first is unknown or no
// longer exists, it returns all sites at which the session may have begun.
func (list sites) RefreshedAs(began, asked, format string) string {
	names := began
	if list.named(began) == nil {
		names = list.DialectsOf(format)
		if began != "" {
			names = WithDialects(names, began)
		}
	}
	if asked == "" {
		return names
	}
	return WithDialects(names, asked)
}

// WithDialects adds names, without duplicates.
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

// FirstDialect returns the first name, which is the one in events.
func FirstDialect(names string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(names, DialectSeparator), DialectSeparator)
	return first
}
