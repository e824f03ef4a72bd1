package guard

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// ReasonMisconfigured is the reason of a request that the program changes before or below
// the guard, so that rules and handlers see different requests (500). The error's text,
// which is logged, says how to fix it.
const ReasonMisconfigured = "misconfigured"

// attempt converts the request. A request that was not read by a server, as in tests,
// only has the rest of its path.
func (g *Guard) attempt(r *http.Request) (api.Attempt, error) {
	a, err := httpauth.AttemptFrom(r, g.trust)
	if err == nil && r.RequestURI == "" && g.prefix != "" {
		a.RawTarget = route.EscapePath(g.prefix) + a.RawTarget
	}
	if err == nil {
		a.Header = g.senders.of(r).hidden(a.Header)
		a.Host = oneHost(a.Host)
	}
	return a, err
}

// oneHost returns a host in the spelling that rules are matched with, so that handlers
// and routers use the same one. The engine refuses an invalid host.
func oneHost(raw string) string {
	if host, err := route.Authority(raw); err == nil {
		return host
	}
	return raw
}

// checkUnchanged refuses a request that handlers see differently than the client sent it
// and the rules judge it.
func (g *Guard) checkUnchanged(r *http.Request, a *api.Attempt, _ *route.Rule) error {
	path, query, err := route.Canonical(a.RawTarget)
	switch {
	case err != nil:
		return nil // the engine refuses it with the same error
	case !isSpelled(r.URL), !isRest(path, "", r.URL.Path) && !isRest(path, g.prefix, r.URL.Path):
		return changed("path", path, r.URL)
	case r.URL.RawQuery != query:
		return changed("query", query, r.URL)
	case r.URL.Host != "" && oneHost(r.URL.Host) != a.Host:
		return changed("host", a.Host, r.URL)
	}
	return nil
}

// isSpelled reports whether all forms of the URL's path agree: routers use Path, RawPath,
// or both.
func isSpelled(u *url.URL) bool {
	if u.Opaque != "" || u.RawPath == "" {
		return u.Opaque == ""
	}
	path, _, err := route.Canonical(u.RawPath)
	return err == nil && path == u.Path && !strings.Contains(u.RawPath, "?")
}

// isRest reports whether at is the rest of path after prefix, which must end at a segment
// boundary. "/" and "" are equal.
func isRest(path, prefix, at string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok || rest != "" && rest[0] != '/' {
		return false
	}
	return at == rest || at+rest == "/"
}

// checkBelow refuses a request whose path was changed below the guard to one of another
// rule than the one that decided. Removing a prefix, as with http.StripPrefix, does not
// change the path.
func (g *Guard) checkBelow(r *http.Request, a *api.Attempt, rule *route.Rule) error {
	at := r.URL.Path
	if !isSpelled(r.URL) {
		return changed("path", a.Path, r.URL)
	}
	if at == "" || at == "/" { // everything was removed, or the root is meant
		if root, ok := g.engine.RuleAt(a, a.Method, "/"); ok && root.Name != rule.Name && root.StricterThan(rule) {
			return changed("path", a.Path, r.URL)
		}
		return nil
	}
	if at[0] == '/' && strings.HasSuffix(a.Path, at) {
		return nil
	}
	if now, ok := g.engine.RuleAt(a, a.Method, at); ok && now.Name == rule.Name {
		return nil
	}
	return changed("path", a.Path, r.URL)
}

// changed returns the refusal of a request that the program has changed.
func changed(what, sent string, u *url.URL) error {
	return misconfigured("the %s is %.200q as the client sent it, and the handler sees %.200q: put the guard outside of what changes requests, or name the prefix that is taken off in guard.Config.Prefix",
		what, sent, u.String())
}

func misconfigured(format string, args ...any) error {
	return api.Wrap(api.Internal, ReasonMisconfigured, "internal error", fmt.Errorf(format, args...))
}
