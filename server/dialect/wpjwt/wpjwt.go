package wpjwt

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Dialect implements the plugin's API at one mount.
type Dialect struct {
	mount  dialect.Mount
	config Config
	keys   []api.Key
	fault  error
}

var _ dialect.Dialect = (*Dialect)(nil)

// Endpoints implements [dialect.Dialect].
func (d *Dialect) Endpoints(e *core.Engine) []dialect.Endpoint {
	h := d.handler(e)
	n := &wordpress.Namespace{
		Site: &h.site.Site, Name: "jwt-auth/v1", Before: h.before,
		Routes: []wordpress.Route{
			{Method: http.MethodPost, Path: "/token", Handle: h.token},
			{Method: http.MethodPost, Path: validatePath, Handle: h.validate},
		},
	}
	return d.mount.Serve(n)
}

// Owns implements [dialect.Owner].
func (*Dialect) Owns() []string { return []string{"/jwt-auth/v1"} }

func (d *Dialect) handler(e *core.Engine) *handler {
	return &handler{site: dialect.NewSite(e, d.mount, d.config.Common), cfg: d.config, fault: d.fault}
}

var (
	_ dialect.Refuser      = (*Dialect)(nil)
	_ dialect.BearerReader = (*Dialect)(nil)
	_ dialect.Watcher      = (*Dialect)(nil)
)

// ReadBearer implements [dialect.BearerReader]: the plugin accepts only "Bearer" in
// this case, followed by any number of blanks, possibly none, and ignores other values.
func (d *Dialect) ReadBearer(value string) (string, bool) {
	text, _ := dialect.SplitBearer(value)
	return text, strings.HasPrefix(value, "Bearer")
}

// Watches implements [dialect.Watcher]: the plugin checks the whole REST API.
func (d *Dialect) Watches(a *api.Attempt) bool { return d.mount.Covers(a, "") }

// Refusal implements [dialect.Refuser]: a bad Bearer gets the plugin's error on every
// route.
func (d *Dialect) Refusal(ctx context.Context, e *core.Engine, a *api.Attempt, decision core.Decision) (core.ErrorResponse, bool) {
	value := a.Header.Get("Authorization")
	if decision.Err == nil || decision.Err.Code != api.Unauthenticated || !isBearer(value) || !d.mount.GovernsAttempt(a) {
		return core.ErrorResponse{}, false
	}
	h := d.handler(e)
	_, f := h.check(ctx, a, value)
	if f == nil {
		return core.ErrorResponse{}, false
	}
	return h.site.Refusal(ctx, a, *f), true
}

const validatePath = "/token/validate"

// handler serves the routes.
type handler struct {
	site  *dialect.Site
	cfg   Config
	fault error // why the mount has no usable key; nil if it has one
}

// before rejects every request with a bad Bearer, as the plugin does, unless the mount
// treats it as anonymous. At validate it rejects nothing, whatever the method: there the
// route checks the token.
func (h *handler) before(w http.ResponseWriter, r *http.Request, path string, _ *wordpress.Route) bool {
	value := r.Header.Get("Authorization")
	if strings.EqualFold(path, validatePath) || h.site.Common.OnBadToken == dialect.Anonymous || !isBearer(value) {
		return false
	}
	if _, f := h.check(r.Context(), h.site.Attempt(r), value); f != nil {
		h.site.Refuse(w, r, *f)
		return true
	}
	return false
}

// config returns the plugin's refusal of the mount's settings, nil if they are valid. A
// mount with an algorithm that the plugin knows but that uses no secret gets none; it
// signs nothing and accepts no token.
func (h *handler) config() *wordpress.Refusal {
	if _, weak := errors.AsType[*keys.WeakSecretError](h.fault); weak {
		return refusal("jwt_auth_bad_config", "JWT is not configured properly, please contact the admin")
	}
	if h.fault != nil && !algorithms.MatchString(h.site.Common.Algorithm) {
		return refusal("jwt_auth_unsupported_algorithm", "Algorithm not supported, see https://www.rfc-editor.org/rfc/rfc7518#section-3")
	}
	return nil
}

// algorithms matches those that the plugin's filter can select.
var algorithms = regexp.MustCompile(`^(HS|RS|ES|PS)(256|384|512)$`)

func refusal(code, message string) *wordpress.Refusal {
	return &wordpress.Refusal{Status: http.StatusForbidden, Code: code, Message: message}
}
