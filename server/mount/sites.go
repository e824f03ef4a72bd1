package mount

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// siteSettings are what mounts say of the sites that they stand for.
func siteSettings(cfg *config.Config) []core.Site {
	var list []core.Site
	for _, m := range cfg.Mounts {
		s := core.Site{
			Name: m.Name, Host: m.Host, Aliases: m.Aliases, Prefix: strings.TrimSuffix(m.Prefix, "/"), Header: SiteHeader(m),
			Directory: DirectoryOf(cfg, m), AcceptsFrom: m.AcceptsFrom,
			RefuseLogin: m.RefuseRoles.Login, RefuseBasic: m.RefuseRoles.Basic, RefuseToken: m.RefuseRoles.JWT,
		}
		if m.HasOwnTokens() {
			s.Layout = m.Name
		}
		list = append(list, s)
	}
	return list
}

// DirectoryOf is the one that is named, or the only one.
func DirectoryOf(cfg *config.Config, m config.Mount) string {
	if m.Directory == "" && len(cfg.Users) == 1 {
		return cfg.Users[0].Name
	}
	return m.Directory
}

// Places are where credentials count, by a list of sites.
func Places(cfg *config.Config, sites []string) []core.Place {
	var list []core.Place
	for _, p := range cfg.Places(sites) {
		list = append(list, core.Place(p))
	}
	return list
}

// SiteHeader is the mount's header, which replaces the standard ones.
func SiteHeader(m config.Mount) route.HeaderSpec {
	return route.HeaderSpec{Name: http.CanonicalHeaderKey(m.Header.Name), Prefix: m.Header.Prefix, RefuseStandard: m.Header.Name != ""}
}

// Carrier finds the credentials of requests to a mount's own endpoints.
type Carrier struct {
	Engine *core.Engine
	Trust  httpauth.Trust
	Header route.HeaderSpec // the mount's
	Native bool             // whether its endpoints ask the engine, and so the hooks, themselves
}

// Wrap lets a dialect's endpoint find the credential of the mount's header, or of
// the one that custom-header chooses, in Authorization, where its plugin looks for
// it. What came there although it is refused is as if it had not come.
func (c Carrier) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, err := c.headerOf(r)
		if err != nil {
			httpauth.Refuser{Via: c.Engine}.Refuse(r.Context(), w, core.Decision{Err: api.AsError(err)}, nil)
			return
		}
		if h.Name != "" {
			httpauth.AddVary(w.Header(), h.Name)
		}
		moved := r.WithContext(r.Context())
		moved.Header = asStandard(h, r.Header)
		next.ServeHTTP(w, moved)
	})
}

func (c Carrier) headerOf(r *http.Request) (route.HeaderSpec, error) {
	if c.Native || c.Engine.Hooks().CustomHeader.Len() == 0 {
		return c.Header, nil
	}
	a, err := httpauth.AttemptFrom(r, c.Trust)
	if err != nil {
		return c.Header, err
	}
	if a.Path, a.Query, err = route.Canonical(a.RawTarget); err != nil {
		return c.Header, err
	}
	a.Header = c.Engine.WithoutForged(a.Header)
	return c.Engine.CredentialHeader(r.Context(), c.Header, &a)
}

// asStandard returns headers with the credential of h moved to Authorization. It does
// not change those that it is given.
func asStandard(h route.HeaderSpec, header http.Header) http.Header {
	values := header[h.Name]
	if h.Name == "" || len(values) == 0 && !h.RefuseStandard {
		return header
	}
	moved := header.Clone()
	for name := range moved {
		if route.IsAlias(name, credential.Authorization) || route.IsAlias(name, credential.XAPIKey) || name == h.Name {
			delete(moved, name)
		}
	}
	if len(values) > 1 || len(values) == 1 && !h.RefuseStandard && len(header[credential.Authorization]) > 0 {
		moved[credential.Authorization] = []string{unreadable}
		return moved
	}
	for _, value := range values {
		moved.Set(credential.Authorization, inStandard(h.Prefix, value))
	}
	return moved
}

// unreadable stands for what could be read in two ways.
const unreadable = "unreadable"

// inStandard writes the value of a header with that prefix as in Authorization.
// A value without the prefix becomes one that no plugin can read.
func inStandard(prefix, value string) string {
	if prefix == "" {
		return "Bearer " + value
	}
	word, rest, _ := strings.Cut(value, " ")
	switch {
	case !strings.EqualFold(word, prefix):
		return unreadable
	case strings.EqualFold(prefix, "Basic"):
		return "Basic " + rest
	}
	return "Bearer " + rest
}
