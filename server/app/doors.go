package app

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/admin"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/gateway"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/internal/router"
	"github.com/cardea-auth/cardea/server/mount"
)

// gatewayIn holds the dependencies of newGateway.
type gatewayIn struct {
	fx.In
	Opened      *cleanup
	Listeners   *listeners
	Config      *config.Config
	Options     Options
	Engine      *core.Engine
	Policy      core.Policy
	Credentials credentials
	Bodies      *httpauth.Bodies
	Dialects    []mount.Placed[mount.Mounted] `group:"dialects"`
	Logger      *slog.Logger
}

func newGateway(in gatewayIn) (*gateway.Gateway, error) {
	upstreams, err := upstreams(in.Opened, in.Listeners, in.Config)
	if err != nil {
		return nil, err
	}
	trust, err := mount.Trust(in.Config.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	g, err := gateway.New(gateway.Config{
		Engine: in.Engine, Upstreams: upstreams, Credentials: in.Credentials, Inspectors: inspectors(in.Config, in.Options.Dialects), Trust: trust,
		Words: mount.NewWords(in.Engine, mount.Sorted(in.Dialects)), ForwardHeaders: forwardHeaders(in.Config), MethodHeaders: mount.MethodHeaders(in.Config), Bodies: in.Bodies, Logger: in.Logger,
	})
	if err != nil {
		return nil, err
	}
	in.Opened.add(g)
	return g, g.CheckRules(in.Policy.Rules)
}

// inspectors returns the inspectors of bodies, by the names of upstreams; known is
// Options.Dialects.
func inspectors(cfg *config.Config, known map[string]dialect.Opener) map[string]gateway.Inspector {
	if known == nil {
		known = all.Types()
	}
	out := map[string]gateway.Inspector{}
	for name, i := range mount.Inspectors(cfg, known) {
		out[name] = i
	}
	return out
}

// newBodies returns the limiter of memory for bodies, which all listeners share.
func newBodies(cfg *config.Config, m *admin.Metrics) *httpauth.Bodies {
	b := httpauth.NewBodies(int64(cfg.Limits.HeldBodyBytes), router.BodyCost*int64(cfg.Limits.BodyBytes))
	m.Gauge("cardea_held_body_bytes", "Memory that bodies take which are held before they are answered or passed on.",
		func() float64 { return float64(b.Taken()) })
	return b
}

func forwardHeaders(cfg *config.Config) map[string][]string {
	out := map[string][]string{}
	for name, u := range cfg.Upstreams {
		out[name] = u.ForwardHeaders
	}
	return out
}

// upstreams parses the URLs of the upstreams, and starts the demo for those that use it.
func upstreams(opened *cleanup, ls *listeners, cfg *config.Config) (map[string]*url.URL, error) {
	out := map[string]*url.URL{}
	for name, u := range cfg.Upstreams {
		if u.URL == config.DemoUpstream {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return nil, fmt.Errorf("upstream %s: start the demo: %w", name, err)
			}
			opened.addListener(l)
			ls.serve(l, service{name: "demo-" + name, handler: gateway.Demo()})
			out[name] = &url.URL{Scheme: "http", Host: l.Addr().String()}
			continue
		}
		parsed, err := url.Parse(u.URL)
		if err != nil {
			return nil, fmt.Errorf("upstream %s: %w", name, err)
		}
		out[name] = parsed
	}
	return out, nil
}

type dialectsIn struct {
	fx.In
	Dialects []mount.Placed[mount.Mounted] `group:"dialects"`
}

func dialectEndpoints(cfg *config.Config, in dialectsIn, e *core.Engine) ([]router.Endpoint, error) {
	trust, err := mount.Trust(cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	var list []router.Endpoint
	for _, x := range mount.Endpoints(e, trust, mount.Sorted(in.Dialects)) {
		list = append(list, router.Endpoint{Host: x.Host, Method: x.Method, Path: x.Path, Handler: x.Handler, Match: x.Match})
	}
	return list, nil
}

// keyEndpoints publishes the public keys that verify our tokens, as a JWK Set (RFC 7517
// section 5).
func keyEndpoints(e *core.Engine) []router.Endpoint {
	return []router.Endpoint{{
		Method: http.MethodGet, Path: "/.well-known/jwks.json",
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/jwk-set+json")
			w.Header().Set("Cache-Control", "public, max-age=300")
			w.Write(e.Keys().JWKS()) // an error means that the client is gone
		}),
	}}
}

// tellForwarded logs once when a peer that is not a trusted proxy sends X-Forwarded-For:
// either a proxy is missing in trusted_proxies, so all its clients have the proxy's
// address, or a client forges the header.
func tellForwarded(trust httpauth.Trust, log *slog.Logger, next http.Handler) http.Handler {
	var told atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !told.Load() && len(r.Header["X-Forwarded-For"]) > 0 && !trust.Trusts(r) && told.CompareAndSwap(false, true) {
			log.Warn("X-Forwarded-For of a peer that is no trusted proxy is ignored: if it is your proxy, list it in server.trusted_proxies, "+
				"or all its clients count as one", "peer", r.RemoteAddr)
		}
		next.ServeHTTP(w, r)
	})
}
