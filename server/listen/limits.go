package listen

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/printable"
)

// Timeouts between requests.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
)

// Config configures the limits of one listener.
type Config struct {
	Name        string         // listener name in log lines
	Connections int            // maximum in total, also of HTTP/2 requests; 0: no cap
	PerPeer     int            // maximum per peer, of each; 0: no cap
	Exempt      []netip.Prefix // peers that count towards the total only, such as trusted proxies
	TLS         *tls.Config    // nil: no TLS
	Logger      *slog.Logger   // nil: discards all lines
}

// Limits bounds the connections of one listener. It is safe for concurrent use.
type Limits struct {
	cfg   Config
	table *table
	slow  atomic.Int64

	streams streams
	stall   time.Duration // writeStall, for streams
}

// New returns the limits of one listener.
func New(c Config) *Limits {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.Name = cmp.Or(c.Name, "http")
	c.Connections = withinFiles(c)
	l := &Limits{cfg: c, table: newTable(c), stall: writeStall}
	l.streams.most, l.streams.perPeer = c.Connections, c.PerPeer
	return l
}

// withinFiles returns the total cap, lowered to half of the open files limit: a proxied
// request needs two files, and the store and plugins need some.
func withinFiles(c Config) int {
	half := maxFiles() / 2
	if half == 0 || c.Connections <= half {
		return c.Connections
	}
	c.Logger.Warn("connection cap lowered to half of the open files limit (ulimit -n)",
		"listener", c.Name, "configured", c.Connections, "cap", half)
	return half
}

// Figures holds the counters of a listener since its start.
type Figures struct {
	Open       int   // current connections
	Refused    int64 // connections closed at once at a cap, and HTTP/2 requests refused at a cap
	Evicted    int64 // connections closed for a new one at a cap, and HTTP/2 requests reset for another
	SlowBodies int64 // requests whose body was too slow
}

// Figures returns the current counters.
func (l *Limits) Figures() Figures {
	f := l.table.figures()
	f.SlowBodies = l.slow.Load()
	refused, evicted := l.streams.figures()
	f.Refused, f.Evicted = f.Refused+refused, f.Evicted+evicted
	return f
}

// Wrap returns a listener whose connections are counted and, with Config.TLS, use TLS.
// Serve it with the result of Server.
func (l *Limits) Wrap(inner net.Listener) net.Listener {
	capped := &cappedListener{Listener: inner, table: l.table}
	if l.cfg.TLS != nil {
		return newTLSListener(capped, l.cfg.TLS)
	}
	return plainListener{capped}
}

// Server returns a server for the listener of Wrap. Client errors are logged at debug
// level, at most once per second.
func (l *Limits) Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           l.bound(h),
		TLSConfig:         l.cfg.TLS,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          printable.LimitedLog(l.cfg.Logger, slog.LevelDebug, "connection failed", "listener", l.cfg.Name),
		ConnContext:       withConn,
		ConnState:         noteState,
		HTTP2:             http2Config(),
	}
}

// connKey is the context key of the *scanned of an HTTP/1 request, or the *counted of an
// HTTP/2 request.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	if s := scannedConn(c); s != nil {
		return context.WithValue(ctx, connKey{}, s)
	}
	if counted := countedConn(c); counted != nil {
		return context.WithValue(ctx, connKey{}, counted)
	}
	return ctx
}

// countedOf returns the connection of a request; one that is not counted if the listener
// is not that of Wrap.
func (l *Limits) countedOf(r *http.Request) *counted {
	switch c := r.Context().Value(connKey{}).(type) {
	case *counted:
		return c
	case *scanned:
		if counted := countedConn(c); counted != nil {
			return counted
		}
	}
	return &counted{table: l.table}
}

// noteState records whether a connection is waiting for a request.
func noteState(c net.Conn, state http.ConnState) {
	counted := countedConn(c)
	if counted == nil {
		return
	}
	if s := scannedConn(c); s != nil && state == http.StateHijacked {
		s.stop()
	}
	switch state {
	case http.StateNew, http.StateIdle:
		counted.waiting.Store(counted.table.now())
	default:
		counted.waiting.Store(0)
		counted.unread.Store(0)
	}
}
