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

// The bounds on the waits between requests.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
)

// Config says what the connections of one listener may cost.
type Config struct {
	Name        string         // of the listener, for the log
	Connections int            // in all, and requests over HTTP/2; 0: no cap
	PerPeer     int            // from one peer, of each; 0: no cap
	Exempt      []netip.Prefix // peers that count in all only, such as trusted proxies
	TLS         *tls.Config    // nil: plain
	Logger      *slog.Logger   // nil: discards
}

// Limits bounds the connections of one listener. It is safe for concurrent use.
type Limits struct {
	cfg   Config
	table *table
	slow  atomic.Int64

	streams streams
	stall   time.Duration // writeStall, of streams
}

// New returns the limits of one listener.
func New(c Config) *Limits {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.Name = cmp.Or(c.Name, "http")
	c.Connections = withinFiles(c)
	l := &Limits{cfg: c, table: newTable(c), stall: writeStall}
	l.streams.most, l.streams.perPeer = int64(c.Connections), int64(c.PerPeer)
	return l
}

// withinFiles is the cap in all, lowered to half of the files that the process may
// open: a proxied request takes two, and the store and plugins need some.
func withinFiles(c Config) int {
	half := maxFiles() / 2
	if half == 0 || c.Connections <= half {
		return c.Connections
	}
	c.Logger.Warn("connection cap lowered to half of the open files limit (ulimit -n)",
		"listener", c.Name, "configured", c.Connections, "cap", half)
	return half
}

// Figures are what a listener has counted since its start.
type Figures struct {
	Open       int   // connections now
	Refused    int64 // connections closed at once at a cap, and HTTP/2 requests refused at it
	Evicted    int64 // waiting connections closed for a new one at a cap
	SlowBodies int64 // requests whose body came too slowly
}

// Figures returns the counts as they are now.
func (l *Limits) Figures() Figures {
	f := l.table.figures()
	f.SlowBodies = l.slow.Load()
	f.Refused += l.streams.refused.Load()
	return f
}

// Wrap returns a listener whose connections are counted, and with Config.TLS speak
// TLS. Its connections must be served by what Server returns.
func (l *Limits) Wrap(inner net.Listener) net.Listener {
	capped := &cappedListener{Listener: inner, table: l.table}
	if l.cfg.TLS != nil {
		return newTLSListener(capped, l.cfg.TLS)
	}
	return plainListener{capped}
}

// Server returns a server for what Wrap returns. What clients do wrong is logged
// at debug level, once a second.
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

// connKey is the context key of the HTTP/1 connection that a request came by.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	if s := scannedConn(c); s != nil {
		return context.WithValue(ctx, connKey{}, s)
	}
	if counted := countedConn(c); counted != nil && counted.flight != nil {
		return context.WithValue(ctx, flightKey{}, counted.flight)
	}
	return ctx
}

// noteState remembers whether a connection waits for its client.
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
		counted.waiting.Store(time.Now().UnixNano())
	default:
		counted.waiting.Store(0)
	}
}
