package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/server/admin"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/listen"
	"github.com/cardea-auth/cardea/server/mount"
)

// listeners opens listeners and serves them between start and stop.
type listeners struct {
	lc      fx.Lifecycle
	opened  *cleanup
	log     *slog.Logger
	metrics *admin.Metrics
	limits  listen.Config // that all have in common
	failed  chan error    // the first listener that breaks while it should serve
}

func newListeners(lc fx.Lifecycle, opened *cleanup, cfg *config.Config, m *admin.Metrics, log *slog.Logger) (*listeners, error) {
	proxies, err := mount.Trust(cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	limits := listen.Config{
		Connections: cfg.Limits.Connections, PerPeer: cfg.Limits.ConnectionsPerPeer, Exempt: proxies.Proxies, Logger: log,
	}
	return &listeners{lc, opened, log, m, limits, make(chan error, 1)}, nil
}

// open returns the listener that was given, or opens one.
func (ls *listeners) open(given net.Listener, addr, key string) (net.Listener, error) {
	if given != nil {
		return given, nil
	}
	l, err := listenOn(addr, key)
	if err == nil {
		ls.opened.addListener(l)
	}
	return l, err
}

// listenOn opens the address that the setting key names.
func listenOn(addr, key string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, setting.About(key, fmt.Errorf("%w: choose another address, or stop what listens there", err))
	}
	return l, nil
}

// service is what one listener serves.
type service struct {
	name        string // for metrics and the log
	handler     http.Handler
	drain       time.Duration // a stop waits so long for requests under way, and cuts what is left
	tls         *tls.Config   // nil: plain
	headerBytes int           // 0: net/http's
}

// serve serves l from start to stop, within the limits that every listener has.
func (ls *listeners) serve(l net.Listener, what service) {
	c := ls.limits
	c.Name, c.TLS = what.name, what.tls
	limits := listen.New(c)
	ls.measure(what.name, limits)
	s := limits.Server(what.handler)
	s.MaxHeaderBytes, s.DisableGeneralOptionsHandler = what.headerBytes, true
	ls.append(s, limits.Wrap(l), what.drain)
}

func (ls *listeners) append(s *http.Server, l net.Listener, drain time.Duration) {
	done := make(chan struct{})
	ls.lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			go func() {
				defer close(done)
				ls.ended(l, s.Serve(l))
			}()
			return nil
		},
		OnStop: func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, drain)
			defer cancel()
			if err := s.Shutdown(ctx); err != nil {
				s.Close() // time is up
			}
			<-done
			return nil
		},
	})
}

// measure adds the figures of a listener.
func (ls *listeners) measure(name string, l *listen.Limits) {
	ls.metrics.Gauge("cardea_connections", "Open connections of a listener.",
		func() float64 { return float64(l.Figures().Open) }, "listener", name)
	for _, x := range []struct {
		name, help string
		read       func(listen.Figures) int64
	}{
		{"cardea_connections_refused_total", "Connections closed at once, since a cap was reached and no other waited for its client, and HTTP/2 requests refused at it.",
			func(f listen.Figures) int64 { return f.Refused }},
		{"cardea_connections_evicted_total", "Connections that waited for their client and were closed for a new one at a cap.",
			func(f listen.Figures) int64 { return f.Evicted }},
		{"cardea_slow_bodies_total", "Requests whose body came more slowly than the least rate.",
			func(f listen.Figures) int64 { return f.SlowBodies }},
	} {
		ls.metrics.Total(x.name, x.help, func() float64 { return float64(x.read(l.Figures())) }, "listener", name)
	}
}

func (ls *listeners) ended(l net.Listener, err error) {
	if errors.Is(err, http.ErrServerClosed) {
		return
	}
	select {
	case ls.failed <- fmt.Errorf("listener %s: %w", l.Addr(), err):
	default: // one is enough to end the server
	}
}
