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

// ReasonMisconfigured is the reason of a request that the program changes before
// the guard sees it, or below it, so that rules and handlers speak of two requests
// (500). The error's text, which is logged, says what to do.
const ReasonMisconfigured = "misconfigured"

// attempt reads what the client asked for. A request that no server has read, as
// in tests, has only what is left of its path.
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

// oneHost is a host in the spelling that rules are matched with, by which handlers and
// routers must go as well; the engine refuses what cannot be read.
func oneHost(raw string) string {
	if host, err := route.Authority(raw); err == nil {
		return host
	}
	return raw
}

// checkUnchanged refuses a request of which handlers see something else than what
// the client has sent and the rules are going to judge.
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

// isSpelled reports whether the URL has one path in all its forms: routers go by
// Path, by RawPath, or by both.
func isSpelled(u *url.URL) bool {
	if u.Opaque != "" || u.RawPath == "" {
		return u.Opaque == ""
	}
	path, _, err := route.Canonical(u.RawPath)
	return err == nil && path == u.Path && !strings.Contains(u.RawPath, "?")
}

// isRest reports whether at is what is left of path when prefix, which ends where
// a segment does, is taken off. A slash alone and nothing at all are the same.
func isRest(path, prefix, at string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok || rest != "" && rest[0] != '/' {
		return false
	}
	return at == rest || at+rest == "/"
}

// checkBelow refuses a request whose path was changed below the guard to one of
// another rule than the one that was decided by. What is left when a prefix is
// taken off, as by http.StripPrefix, is the same path.
func (g *Guard) checkBelow(r *http.Request, a *api.Attempt, rule *route.Rule) error {
	at := r.URL.Path
	if !isSpelled(r.URL) {
		return changed("path", a.Path, r.URL)
	}
	if at == "" || at == "/" { // all was taken off, or it is the root that is meant
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

// changed is the refusal of a request of which the program has made another one.
func changed(what, sent string, u *url.URL) error {
	return misconfigured("the %s is %.200q as the client sent it, and the handler sees %.200q: put the guard outside of what changes requests, or name the prefix that is taken off in guard.Config.Prefix",
		what, sent, u.String())
}

func misconfigured(format string, args ...any) error {
	return api.Wrap(api.Internal, ReasonMisconfigured, "internal error", fmt.Errorf(format, args...))
}
