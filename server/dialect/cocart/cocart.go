package cocart

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Dialect implements one major version of the plugin's API at one mount.
type Dialect struct {
	mount  dialect.Mount
	config Config
	first  bool // 1.0, without refresh tokens
	keys   []api.Key
	fault  error
}

var _ dialect.Dialect = (*Dialect)(nil)

// Lifetimes of the plugin's tokens, before hooks change them.
const (
	accessLife  = 10 * 24 * time.Hour
	firstLife   = 2 * 24 * time.Hour
	refreshLife = 30 * 24 * time.Hour
)

// Endpoints implements [dialect.Dialect]. Of CoCart's own namespaces it serves only
// login and logout; the upstream serves the carts.
func (d *Dialect) Endpoints(e *core.Engine) []dialect.Endpoint {
	h := d.handler(e)
	post := func(path string, handle func(http.ResponseWriter, *http.Request, wordpress.Params)) wordpress.Route {
		return wordpress.Route{Method: http.MethodPost, Path: path, Handle: handle}
	}
	login := post("/login", h.login)
	login.Args = loginArguments()
	list := []*wordpress.Namespace{
		{Name: "cocart/v2", Shared: true, Routes: []wordpress.Route{login, post("/logout", h.logout)}},
		{Name: "cocart/v1", Shared: true, Routes: []wordpress.Route{post("/logout", h.logout)}},
	}
	if !d.first {
		list = append(list, &wordpress.Namespace{
			Name: "cocart/jwt", Routes: []wordpress.Route{post("/refresh-token", h.refresh), post("/validate-token", h.validate)},
		})
	}
	for _, n := range list {
		n.Site, n.Before = &h.site.Site, h.before
	}
	return d.mount.Serve(list...)
}

// Owns implements [dialect.Owner]. It includes the routes of 3.x for 1.0 too: the
// installed plugin may be newer than the mount's dialect.
func (*Dialect) Owns() []string {
	return []string{"/cocart/v2/login", "/cocart/v2/logout", "/cocart/v1/logout", "/cocart/jwt"}
}

// Batches implements [dialect.Batcher].
func (*Dialect) Batches() []string { return []string{"/cocart/batch"} }

func (d *Dialect) handler(e *core.Engine) *handler {
	site := dialect.NewSite(e, d.mount, d.config.Common)
	site.Codes = dialect.Codes{TooMany: "cocart_rate_limited", Unavailable: "cocart_unavailable"}
	site.RefreshGrace, site.CrossOrigin, site.Phone = d.config.RefreshGrace, d.CrossOrigin, true
	return &handler{site: site, first: d.first, cfg: d.config, fault: d.fault}
}

var (
	_ dialect.Refuser      = (*Dialect)(nil)
	_ dialect.BearerReader = (*Dialect)(nil)
	_ dialect.Watcher      = (*Dialect)(nil)
	_ dialect.Batcher      = (*Dialect)(nil)
)

// ReadBearer implements [dialect.BearerReader]: values that do not look like a token
// are ignored. 1.0 rejects other headers that begin with "bearer".
func (d *Dialect) ReadBearer(value string) (string, bool) {
	if match := bearerForm.FindStringSubmatch(strings.TrimSpace(value)); match != nil {
		return match[1], true
	}
	return "", d.first && strings.HasPrefix(strings.ToLower(value), "bearer")
}

// Watches implements [dialect.Watcher]: the plugin reads credentials only on CoCart's
// routes.
func (d *Dialect) Watches(a *api.Attempt) bool { return d.mount.Covers(a, "/cocart") }

// Refusal implements [dialect.Refuser]: on CoCart's routes, a bad token gets the
// plugin's error, and a bad name or password that of a login.
func (d *Dialect) Refusal(ctx context.Context, e *core.Engine, a *api.Attempt, decision core.Decision) (core.ErrorResponse, bool) {
	if decision.Err == nil || decision.Err.Code != api.Unauthenticated || !d.mount.GovernsAttempt(a) {
		return core.ErrorResponse{}, false
	}
	h, at, value := d.handler(e), wordpress.Target(a), a.Header.Get("Authorization")
	if h.malformed(at, value) {
		return h.site.Refusal(ctx, a, malformed()), true
	}
	text, ok := h.bearer(at, value)
	if _, _, password := basic(value); !ok && password && literal(d.mount, at) && decision.Err.Reason != api.ReasonBadCredential {
		f := h.loginWords(decision.Err)
		f.Reason = decision.Err.Reason
		return h.site.Refusal(ctx, a, f), true
	}
	if !ok {
		return core.ErrorResponse{}, false
	}
	_, f := h.check(ctx, a, text)
	if f == nil {
		return core.ErrorResponse{}, false
	}
	return h.site.Refusal(ctx, a, *f), true
}

func loginArguments() api.Claims {
	argument := func(name, text string) api.Claim {
		return api.Claim{Name: name, Value: api.NewClaims(
			api.Claim{Name: "description", Value: text},
			api.Claim{Name: "type", Value: "string"},
			api.Claim{Name: "required", Value: false},
		)}
	}
	return api.NewClaims(
		argument("username", "Username, email, or phone number for authentication."),
		argument("password", "Password for authentication."),
	)
}

// handler serves the routes.
type handler struct {
	site  *dialect.Site
	cfg   Config
	first bool
	fault error // why the mount has no usable key; nil if it has one
}
