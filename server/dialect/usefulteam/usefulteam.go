package usefulteam

import (
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Dialect is the plugin's contract at one mount.
type Dialect struct {
	mount dialect.Mount
	keys  []api.Key
	fault error
}

var _ dialect.Dialect = (*Dialect)(nil)

// New returns the dialect for a mount. A secret that cannot be used does not
// fail here: the mount then answers jwt_auth_bad_config, as the plugin does;
// [dialect.Mount.Keys] tells the operator beforehand.
func New(m dialect.Mount) (*Dialect, error) {
	d := &Dialect{mount: m}
	d.keys, d.fault = m.Keys()
	return d, m.Check()
}

// What the plugin gives before the hooks.
const (
	accessLife  = 10 * time.Minute
	refreshLife = 30 * 24 * time.Hour
)

// Endpoints implements [dialect.Dialect].
func (d *Dialect) Endpoints(e *core.Engine) []dialect.Endpoint {
	rest := &dialect.Site{Engine: e, Mount: d.mount}
	h := &handler{
		site: &dialect.Site{Engine: e, Mount: d.mount, Envelope: envelope},
		rest: rest, fault: d.fault,
	}
	n := &dialect.Namespace{
		Site: rest, Name: "jwt-auth/v1",
		Routes: []dialect.Route{
			{Method: http.MethodPost, Path: "/token", Handle: h.token},
			{Method: http.MethodPost, Path: "/token/validate", Handle: h.validate},
			{Method: http.MethodPost, Path: "/token/refresh", Handle: h.refresh},
		},
	}
	return n.Endpoints()
}

// handler serves the routes.
type handler struct {
	site  *dialect.Site // speaks as the plugin
	rest  *dialect.Site // speaks as WordPress around it
	fault error         // why the mount has no keys; nil if it has
}

// deviceOf is the name that the client gives its device.
func deviceOf(p dialect.Params) string { return p.Text("device") }
