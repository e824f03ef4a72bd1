package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/server/admin"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/listen"
	"github.com/cardea-auth/cardea/server/mount"
)

// listeners opens listeners and serves them from start to stop.
type listeners struct {
	lc      fx.Lifecycle
	opened  *cleanup
	log     *slog.Logger
	metrics *admin.Metrics
	limits  listen.Config // shared by all
	failed  chan error    // the error of the first listener that fails while serving
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

// open returns given, or opens a listener if it is nil.
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

// listenOn listens on the address in the setting key. The error names the setting.
func listenOn(addr, key string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, setting.About(key, fmt.Errorf("%w: %s", err, listenCure(err)))
	}
	return l, nil
}

// listenCure returns what to do about an error of net.Listen.
func listenCure(err error) string {
	_, unknown := errors.AsType[*net.DNSError](err)
	switch {
	case unknown:
		return "correct the host name, or write an IP address of this machine"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "choose an IP address of this machine, or 0.0.0.0 or [::] for all of them"
	case errors.Is(err, fs.ErrPermission):
		return "choose a port above 1023, or let the account that runs Cardea bind lower ones"
	}
	return "choose another address, or stop what listens there"
}

// service describes what one listener serves.
type service struct {
	name        string // for metrics and the log
	handler     http.Handler
	drain       time.Duration // how long a stop waits for requests in flight; the rest are cut off
	tls         *tls.Config   // nil: plain HTTP
	headerBytes int           // 0: default of net/http
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
				s.Close() // the drain time is over
			}
			<-done
			return nil
		},
	})
}

// measure registers the metrics of a listener.
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
	default: // one error is enough to stop the server
	}
}
