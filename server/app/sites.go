package app

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
)

// siteSettings are what mounts say of the sites that they stand for.
func siteSettings(cfg *config.Config) []core.Site {
	var list []core.Site
	for _, m := range cfg.Mounts {
		s := core.Site{
			Name: m.Name, Host: m.Host, Prefix: strings.TrimSuffix(m.Prefix, "/"), Header: siteHeader(m),
			RefuseLogin: m.RefuseRoles.Login, RefuseBasic: m.RefuseRoles.Basic, RefuseToken: m.RefuseRoles.JWT,
		}
		if m.Dialect != "native" {
			s.Layout = m.Name
		}
		if s.Header.Name != "" || len(s.RefuseLogin)+len(s.RefuseBasic)+len(s.RefuseToken) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// siteHeader is the mount's header, which replaces the standard ones.
func siteHeader(m config.Mount) route.HeaderSpec {
	return route.HeaderSpec{Name: http.CanonicalHeaderKey(m.Header.Name), Prefix: m.Header.Prefix, RefuseStandard: m.Header.Name != ""}
}

// withHeader lets a dialect's endpoint find the credential of the mount's header
// in Authorization, where its plugin looks for it. What came there is refused as
// if it had not come.
func withHeader(h route.HeaderSpec, next http.Handler) http.Handler {
	if h.Name == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, asStandard(h, r)) })
}

// asStandard returns a copy of r with the credential of h moved to Authorization.
func asStandard(h route.HeaderSpec, r *http.Request) *http.Request {
	moved := r.WithContext(r.Context())
	moved.Header = r.Header.Clone()
	for name := range moved.Header {
		if route.IsAlias(name, credential.Authorization) || route.IsAlias(name, credential.XAPIKey) || name == h.Name {
			delete(moved.Header, name)
		}
	}
	for _, value := range r.Header[h.Name] {
		moved.Header.Add(credential.Authorization, inStandard(h.Prefix, value))
	}
	return moved
}

// inStandard writes the value of a header with that prefix as in Authorization.
// A value without the prefix becomes one that no plugin can read.
func inStandard(prefix, value string) string {
	if prefix == "" {
		return "Bearer " + value
	}
	word, rest, _ := strings.Cut(value, " ")
	switch {
	case !strings.EqualFold(word, prefix):
		return "unreadable"
	case strings.EqualFold(prefix, "Basic"):
		return "Basic " + rest
	}
	return "Bearer " + rest
}
