package mount

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// Endpoints returns the endpoints of all mounts on all their hosts. A credential in the
// mount's header is moved to Authorization, where the dialects expect it.
func Endpoints(e *core.Engine, trust httpauth.Trust, list []Mounted) []dialect.Endpoint {
	var all []dialect.Endpoint
	for _, m := range list {
		c := carrier{engine: e, trust: trust, header: m.Header, hooked: !m.Traits.WordPress}
		for _, x := range m.Mount.AtHosts(m.Dialect.Endpoints(e)) {
			x.Handler = c.wrap(x.Handler)
			all = append(all, x)
		}
	}
	return all
}

// carrier finds the credential in requests to a mount's own endpoints.
type carrier struct {
	engine *core.Engine
	trust  httpauth.Trust
	header route.HeaderSpec // the mount's
	hooked bool             // whether its endpoints call the engine, and so the hooks, themselves
}

// wrap moves the credential from the mount's header, or the one that the custom-header
// hook chooses, to Authorization, where the dialect expects it. Credentials in refused
// standard headers are removed.
func (c carrier) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, err := c.headerOf(r)
		if err != nil {
			httpauth.Refuser{Via: c.engine}.Refuse(r.Context(), w, core.Decision{Err: api.AsError(err)}, nil)
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

func (c carrier) headerOf(r *http.Request) (route.HeaderSpec, error) {
	if c.hooked || c.engine.Hooks().CustomHeader.Len() == 0 {
		return c.header, nil
	}
	a, err := httpauth.AttemptFrom(r, c.trust)
	if err != nil {
		return c.header, err
	}
	if a.Path, a.Query, err = route.Canonical(a.RawTarget); err != nil {
		return c.header, err
	}
	a.Header, a.Credential.Header = c.engine.WithoutForged(a.Header), c.header.Name // which plugins are not shown
	return c.engine.CredentialHeader(r.Context(), c.header, &a)
}

// asStandard returns headers with the credential of h moved to Authorization. It does not
// modify header.
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
	if len(values) > 1 || len(values) == 1 && len(header[credential.Authorization]) > 0 {
		moved[credential.Authorization] = []string{unreadable}
		return moved
	}
	for _, value := range values {
		moved.Set(credential.Authorization, inStandard(h.Prefix, value))
	}
	return moved
}

// unreadable is an invalid Authorization value that replaces ambiguous credentials.
const unreadable = "unreadable"

// inStandard converts the value of a header with the given prefix to an Authorization
// value. A value without the prefix becomes unreadable.
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
