package gateway

import (
	"bufio"
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Watcher is an engine that reports when the credential of a running request ends;
// [core.Engine] is one. Without it, requests continue.
type Watcher interface {
	Watch(a *api.Attempt, d *core.Decision, x core.Ender) *core.Watch
	Refuse(ctx context.Context, a *api.Attempt, d core.Decision, err error) core.Decision
}

var (
	_ Watcher    = (*core.Engine)(nil)
	_ core.Ender = (*forward)(nil)
)

// life is the state that is needed to end a request with its credential.
type life struct {
	watch  *core.Watch
	client *http.Request // the original request
	writer http.ResponseWriter
	ended  atomic.Pointer[core.Error] // why

	mu     sync.Mutex // held while the request is cut
	over   bool       // the request has ended: do not touch its parts
	cancel context.CancelFunc
	conn   net.Conn // set once the connection is a WebSocket
}

// watch ends the request when its credential ends. The caller calls unwatch when the
// request is done.
func (f *forward) watch(w http.ResponseWriter) http.ResponseWriter {
	if f.gateway.watcher == nil {
		return w
	}
	f.life.client, f.life.writer = f.in, w
	f.life.watch = f.gateway.watcher.Watch(&f.attempt, &f.decision, f)
	if f.life.watch != nil && isWebSocket(f.in) {
		return &upgradable{w, f}
	}
	return w
}

func (f *forward) unwatch() {
	if f.life.watch.Stop() {
		return
	}
	f.life.mu.Lock() // End is done, or will find over set
	defer f.life.mu.Unlock()
	f.life.over = true
}

// cancelled gives a request a context that ends with its credential. Short HTTP/1
// requests do not need one: cutting their connection ends the server's context.
func (f *forward) cancelled() (stop func()) {
	in, l := f.in, &f.life
	if l.watch == nil || f.read && in.ProtoMajor < 2 && !isWebSocket(in) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(in.Context())
	f.in = in.WithContext(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel = cancel; l.ended.Load() != nil {
		cancel()
	}
	return cancel
}

// refuseEnded refuses a request whose credential ended before a response started.
func (f *forward) refuseEnded(w http.ResponseWriter, err error) {
	in := f.life.client
	w.Header().Set("Connection", "close") // it was cut off
	ctx := context.WithoutCancel(in.Context())
	f.decision = f.gateway.watcher.Refuse(ctx, &f.attempt, f.decision, err)
	f.gateway.refused(w, in.WithContext(ctx), f)
}

// End implements [core.Ender]: it interrupts waits for the client and the upstream
// without affecting other requests of the same client. It cuts the connection of a
// WebSocket or of HTTP/1, and the stream of HTTP/2.
func (f *forward) End(err *core.Error) {
	l := &f.life
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return
	}
	f.gateway.logLimited(slog.LevelInfo, "request ended with its credential", f.decision.Rule.Name+" "+err.Reason, "rule", f.decision.Rule.Name, "reason", err.Reason)
	l.ended.Store(err)
	if l.cancel != nil {
		l.cancel()
	}
	if l.conn != nil {
		l.conn.Close()
		return
	}
	past, control := time.Unix(1, 0), http.NewResponseController(l.writer)
	control.SetReadDeadline(past) // before Close, which waits for a running Read
	if l.client.Body != nil {
		l.client.Body.Close()
	}
	if f.answered.Load() {
		control.SetWriteDeadline(past)
	}
}

func (l *life) hijacked(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
}

// upgradable is a writer whose connection may become a WebSocket.
type upgradable struct {
	http.ResponseWriter
	f *forward
}

// Hijack implements http.Hijacker.
func (u *upgradable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(u.ResponseWriter).Hijack()
	if err != nil {
		return conn, rw, err
	}
	u.f.life.hijacked(conn)
	if u.f.life.ended.Load() != nil {
		conn.Close()
	}
	return conn, rw, nil
}

// Unwrap returns the underlying writer, for [http.ResponseController].
func (u *upgradable) Unwrap() http.ResponseWriter { return u.ResponseWriter }
