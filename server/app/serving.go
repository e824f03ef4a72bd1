package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/server/admin"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
	"github.com/cardea-auth/cardea/server/door"
	"github.com/cardea-auth/cardea/server/gateway"
	"github.com/cardea-auth/cardea/server/internal/router"
)

// serving is the doors and their listeners.
var serving = fx.Options(
	fx.Module("gateway", fx.Provide(newGateway)),
	fx.Module("http", fx.Provide(
		newPublic, newAdmin, newMetrics,
		fx.Annotate(dialectEndpoints, fx.ResultTags(`group:"endpoints,flatten"`)),
		fx.Annotate(keyEndpoints, fx.ResultTags(`group:"endpoints,flatten"`)),
	)),
)

func newGateway(lc fx.Lifecycle, opened *cleanup, cfg *config.Config, e *core.Engine, p core.Policy, log *slog.Logger) (*gateway.Gateway, error) {
	upstreams, err := upstreams(lc, cfg)
	if err != nil {
		return nil, err
	}
	trust, err := trust(cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	g, err := gateway.New(gateway.Config{Engine: e, Upstreams: upstreams, Trust: trust, Logger: log})
	if err != nil {
		return nil, err
	}
	opened.add(g)
	return g, g.CheckRules(p.Rules)
}

// upstreams reads the configured ones and starts the demo where it is named.
func upstreams(lc fx.Lifecycle, cfg *config.Config) (map[string]*url.URL, error) {
	out := map[string]*url.URL{}
	for name, u := range cfg.Upstreams {
		if u.URL == config.DemoUpstream {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return nil, fmt.Errorf("upstream %s: start the demo: %w", name, err)
			}
			appendServer(lc, &http.Server{Handler: gateway.Demo(), ReadHeaderTimeout: headerTimeout}, l, 0)
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

func trust(proxies []string) (door.Trust, error) {
	var t door.Trust
	for _, text := range proxies {
		p, err := netip.ParsePrefix(text)
		if addr, e := netip.ParseAddr(text); e == nil {
			p, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return t, fmt.Errorf("server.trusted_proxies: %w", err)
		}
		t.Proxies = append(t.Proxies, p)
	}
	return t, nil
}

type dialectsIn struct {
	fx.In
	Dialects []placed[mounted] `group:"dialects"`
}

func dialectEndpoints(in dialectsIn, e *core.Engine) []router.Endpoint {
	var list []router.Endpoint
	for _, d := range sorted(in.Dialects) {
		for _, x := range d.dialect.Endpoints(e) {
			list = append(list, router.Endpoint{Host: d.host, Method: x.Method, Path: x.Path, Handler: x.Handler})
		}
	}
	return list
}

// keyEndpoints publishes the public keys (RFC 7517 section 5), for others to
// verify our tokens with.
func keyEndpoints(e *core.Engine) []router.Endpoint {
	return []router.Endpoint{{
		Method: http.MethodGet, Path: "/.well-known/jwks.json",
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/jwk-set+json")
			w.Header().Set("Cache-Control", "public, max-age=300")
			w.Write(e.Keys().JWKS()) // the client is gone if this fails
		}),
	}}
}

// public is the handler of the public listener.
type public struct{ http.Handler }

type publicIn struct {
	fx.In
	Endpoints []router.Endpoint `group:"endpoints"`
}

func newPublic(cfg *config.Config, in publicIn, g *gateway.Gateway, log *slog.Logger) (public, error) {
	h, err := router.New(router.Config{
		Endpoints: in.Endpoints, Gate: g, BodyBytes: int64(cfg.Limits.BodyBytes), Logger: log,
		Refuse: func(w http.ResponseWriter, _ *http.Request, err error) {
			door.Refuse(w, core.Decision{Err: api.AsError(err)})
		},
	})
	return public{h}, err
}

// readiness is false before the listeners accept and from the first moment of
// the shutdown on.
type readiness struct{ up atomic.Bool }

func (r *readiness) check(context.Context) error {
	if !r.up.Load() {
		return errors.New("starting or stopping")
	}
	return nil
}

func newMetrics(o Options, e *core.Engine, h *core.Hooks, s store.Store) (*admin.Metrics, *readiness, error) {
	m := admin.NewMetrics(o.Version)
	m.Staleness(e.Staleness)
	if q, ok := s.(interface{ Queries() int64 }); ok {
		m.Gauge("cardea_store_queries", "Queries that the store was asked.", func() float64 { return float64(q.Queries()) })
	}
	return m, &readiness{}, m.Watch(h)
}

// administration is the handler of the admin listener.
type administration struct{ http.Handler }

func newAdmin(e *core.Engine, m *admin.Metrics, r *readiness) administration {
	return administration{admin.Handler(m, admin.Check{Name: "server", Run: r.check}, admin.Check{Name: "store", Run: e.Ready})}
}

// The bounds on one connection of the listeners.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
)

// serve opens the listeners. The admin listener starts first and stops last, so
// that readiness can be watched all along.
func serve(lc fx.Lifecycle, cfg *config.Config, o Options, p public, a administration,
	r *readiness, e *core.Engine, h *core.Hooks, log *slog.Logger,
) error {
	adminListener, err := listen(o.AdminListener, cfg.Server.AdminListen, "server.admin_listen")
	if err != nil {
		return err
	}
	listener, err := listen(o.Listener, cfg.Server.Listen, "server.listen")
	if err != nil {
		return errors.Join(err, adminListener.Close())
	}
	drain := cfg.Server.DrainTimeout.Std()
	appendServer(lc, &http.Server{Handler: a, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout}, adminListener, time.Second)
	if cfg.Store.Driver != "memory" {
		if err := appendControl(lc, cfg, h); err != nil {
			return err
		}
	}
	s := &http.Server{
		Handler: p, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: cfg.Limits.HeaderBytes, DisableGeneralOptionsHandler: true,
	}
	if t := cfg.Server.TLS; t.CertFile != "" {
		if listener, err = withTLS(s, listener, t); err != nil {
			return err
		}
	}
	appendServer(lc, s, listener, drain)
	appendUpkeep(lc, e, log)
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error { r.up.Store(true); return nil },
		OnStop: func(ctx context.Context) error {
			r.up.Store(false)
			return sleep(ctx, cfg.Server.ShutdownDelay.Std())
		},
	})
	return nil
}

func listen(given net.Listener, addr, key string) (net.Listener, error) {
	if given != nil {
		return given, nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: choose another address, or stop what listens there", key, err)
	}
	return l, nil
}

// appendServer serves l from start to stop; a stop waits up to drain for
// requests under way.
func appendServer(lc fx.Lifecycle, s *http.Server, l net.Listener, drain time.Duration) {
	done := make(chan error, 1)
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			go func() { done <- s.Serve(l) }()
			return nil
		},
		OnStop: func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, drain)
			defer cancel()
			if err := s.Shutdown(ctx); err != nil {
				s.Close() // time is up: what is still under way is cut
			}
			<-done
			return nil
		},
	})
}

// appendControl answers commands on the control socket.
func appendControl(lc fx.Lifecycle, cfg *config.Config, h *core.Hooks) error {
	l, err := control.Listen(cfg.Data)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hooks", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(ListHooks(h)) // the command is gone if this fails
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(Status{Listen: cfg.Server.Listen, AdminListen: cfg.Server.AdminListen})
	})
	appendServer(lc, &http.Server{Handler: mux, ReadHeaderTimeout: headerTimeout}, l, time.Second)
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
