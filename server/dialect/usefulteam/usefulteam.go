package usefulteam

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

// Dialect implements the plugin's API at one mount.
type Dialect struct {
	mount  dialect.Mount
	config Config
	keys   []api.Key
	fault  error
}

var _ dialect.Dialect = (*Dialect)(nil)

// Lifetimes of the plugin's tokens, before hooks change them.
const (
	accessLife  = 10 * time.Minute
	refreshLife = 30 * 24 * time.Hour
)

// Endpoints implements [dialect.Dialect].
func (d *Dialect) Endpoints(e *core.Engine) []dialect.Endpoint {
	h := d.handler(e)
	n := &wordpress.Namespace{
		Site: &h.rest.Site, Name: "jwt-auth/v1",
		Routes: []wordpress.Route{
			{Method: http.MethodPost, Path: "/token", Handle: h.token},
			{Method: http.MethodPost, Path: "/token/validate", Handle: h.validate},
			{Method: http.MethodPost, Path: "/token/refresh", Handle: h.refresh},
		},
	}
	return d.mount.Serve(n)
}

// Owns implements [dialect.Owner].
func (*Dialect) Owns() []string { return []string{"/jwt-auth/v1"} }

func (d *Dialect) handler(e *core.Engine) *handler {
	h := &handler{site: dialect.NewSite(e, d.mount, d.config.Common), rest: dialect.NewSite(e, d.mount, d.config.Common), cfg: d.config, fault: d.fault}
	h.site.Envelope, h.site.RefreshGrace = envelope, d.config.RefreshGrace
	return h
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

// Watches implements [dialect.Watcher]: the plugin ignores a bad Bearer.
func (*Dialect) Watches(*api.Attempt) bool { return false }

// Refusal implements [dialect.Refuser], for mounts that reject a bad Bearer: the errors
// are those of the plugin's validate route.
func (d *Dialect) Refusal(ctx context.Context, e *core.Engine, a *api.Attempt, decision core.Decision) (core.ErrorResponse, bool) {
	text, ok := dialect.SplitBearer(a.Header.Get("Authorization"))
	if !ok || decision.Err == nil || decision.Err.Code != api.Unauthenticated || !d.mount.GovernsAttempt(a) {
		return core.ErrorResponse{}, false
	}
	h := d.handler(e)
	return h.refusal(ctx, a, decision.Err, h.tokenWords(text)), true
}

// handler serves the routes.
type handler struct {
	site  *dialect.Site // answers as the plugin does
	cfg   Config
	rest  *dialect.Site // answers as WordPress does
	fault error         // why the mount has no usable key; nil if it has one
}

// deviceOf returns the client's name for its device, as stored in sessions.
func deviceOf(p wordpress.Params) string { return core.DeviceName(p.Text("device")) }
