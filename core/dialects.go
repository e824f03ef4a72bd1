package core

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// Which sites the login points are told of. A login at an endpoint is of one. A
// password by Basic, or a token whose roles are read anew, may be of several: of those
// in one place, and of those that the upstream could take the request for. Then the
// points are asked for each of them: all must allow, and only roles and scopes that
// all leave remain.

// dialectSeparator is between the names of several sites; no name holds it.
const dialectSeparator = "\x00"

// dialectsAt names the innermost sites that are asked at a place; "" is none.
func (p *policy) dialectsAt(at *place) string { return p.dialectsWhere(at, anySite) }

// tokenDialectsAt names the innermost sites with tokens of their own that are asked at a
// place: their hooks judge the tokens of other sites as well.
func (p *policy) tokenDialectsAt(at *place) string { return p.dialectsWhere(at, hasOwnTokens) }

func anySite(*Site) bool { return true }

func (p *policy) dialectsWhere(at *place, fits func(*Site) bool) string {
	if len(p.sites) == 0 {
		return ""
	}
	names := p.dialectsNear(at.host, at.path, fits)
	if at.read == nil {
		return names
	}
	return p.dialectsRead(at, names, fits)
}

// dialectsRead stands apart, since what its loop uses moves to the heap.
func (p *policy) dialectsRead(at *place, names string, fits func(*Site) bool) string {
	for m := range at.read.All() {
		names = withDialects(names, p.dialectsNear(at.host, m.Path, fits))
	}
	return names
}

// dialectsNear names the innermost sites at a path: those that have the same place
// are asked together.
func (p *policy) dialectsNear(host, path string, fits func(*Site) bool) (names string) {
	var first *Site
	for i := range p.sites {
		s := &p.sites[i]
		switch {
		case !fits(s) || !s.reaches(host, path):
		case first == nil:
			first, names = s, s.Name
		case len(s.Prefix) == len(first.Prefix) && (s.Host == "") == (first.Host == ""):
			names = withDialects(names, s.Name)
		}
	}
	return names
}

// dialectsOf names the sites whose logins a token of a layout may come from. Native
// tokens may also come from none.
func (p *policy) dialectsOf(layout string) string {
	if layout == nativeLayout {
		layout = ""
	}
	names, none := layout, layout != ""
	for i := range p.sites {
		s := &p.sites[i]
		switch {
		case s.Layout != layout && (layout != "" || s.Layout != nativeLayout):
		case none:
			names, none = s.Name, false
		default:
			names = withDialects(names, s.Name)
		}
	}
	return names
}

// dialectsFor is dialectsOf for a token that is shown at a place: sites that accept
// tokens of another have their hooks judge them as well.
func (p *policy) dialectsFor(layout string, at *place) string {
	names := p.dialectsOf(layout)
	if layout == nativeLayout {
		return names
	}
	for name := range strings.SplitSeq(p.tokenDialectsAt(at), dialectSeparator) {
		if name != "" {
			names = withDialects(names, name)
		}
	}
	return names
}

// refreshedAs names the sites that login-after is asked for at a refresh: the one at which
// the session began, and the one that is asked. Of a session from before sites were kept,
// it is the latter alone, or else those whose logins such a session may come from.
func (p *policy) refreshedAs(began, asked, layout string) string {
	switch {
	case began == "" && asked == "":
		return p.dialectsOf(layout)
	case began == "" || asked == "":
		return began + asked
	}
	return withDialects(began, asked)
}

// withDialects adds names to others, each once.
func withDialects(names, more string) string {
	for name := range strings.SplitSeq(more, dialectSeparator) {
		if !hasDialect(names, name) {
			names += dialectSeparator + name
		}
	}
	return names
}

func hasDialect(names, name string) bool {
	for known := range strings.SplitSeq(names, dialectSeparator) {
		if known == name {
			return true
		}
	}
	return false
}

// firstDialect is the one that events tell.
func firstDialect(names string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(names, dialectSeparator), dialectSeparator)
	return first
}

// askLoginAfter asks login-after for each of the dialects.
func (e *Engine) askLoginAfter(ctx context.Context, p *policy, r LoginResult, dialects string) (api.Identity, error) {
	id, out, first := r.Identity, r.Identity, true
	for r.Dialect = range strings.SplitSeq(dialects, dialectSeparator) {
		after, err := p.hooks.LoginAfter.ApplyJudged(ctx, r, judgeLogin)
		if err != nil {
			return api.Identity{}, e.hookError(ctx, err)
		}
		if !first {
			after.Identity.Roles = common(out.Roles, after.Identity.Roles)
			after.Identity.Scopes = common(out.Scopes, after.Identity.Scopes)
		}
		out, first = after.Identity, false
	}
	return restrictAtLogin(id, out, dialects), nil
}

// taken returns the roles before some were taken away, nil if none were.
func taken(before, after []string) []string {
	if within(before, after) {
		return nil
	}
	return before
}
