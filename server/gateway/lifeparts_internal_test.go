package gateway

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestCancelled: a request that can end early has a context that ends with its
// credential, also if that ended before; a short one keeps its own context.
func TestCancelled(t *testing.T) {
	for name, c := range map[string]struct {
		watched, read, before bool
		major                 int
		socket                bool
		own                   bool // whether it gets its own context
	}{
		"not watched":         {false, false, false, 2, false, false},
		"short, HTTP/1":       {true, true, false, 1, false, false},
		"short, HTTP/2":       {true, true, false, 2, false, true},
		"a stream, HTTP/1":    {true, false, false, 1, false, true},
		"a WebSocket, HTTP/1": {true, true, false, 1, true, true},
		"it has ended":        {true, false, true, 2, false, true},
	} {
		in := httptest.NewRequest(http.MethodGet, "/", nil)
		in.ProtoMajor = c.major
		if c.socket {
			in.Header.Set("Upgrade", "websocket")
		}
		f := &forward{in: in, read: c.read}
		if c.watched {
			f.life.watch = new(core.Watch)
		}
		if c.before {
			f.life.ended.Store(api.E(api.Unauthenticated, api.ReasonTokenRevoked, "x"))
		}
		stop := f.cancelled()
		if own := f.in.Context() != in.Context(); own != c.own {
			t.Errorf("%s: a context of its own: Context() = %v, want %v", name, own, c.own)
		}
		if ended := f.in.Context().Err() != nil; ended != c.before {
			t.Errorf("%s: it has ended: %v", name, ended)
		}
		if c.own {
			f.life.cancel()
			if f.in.Context().Err() == nil {
				t.Errorf("%s: it does not end with the credential", name)
			}
		}
		stop()
		if in.Context().Err() != nil {
			t.Errorf("%s: the client's ended", name)
		}
	}
}

// hijackable is a writer whose connection can be hijacked.
type hijackable struct {
	http.ResponseWriter
	conn net.Conn
	err  error
}

func (h hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.conn, nil, h.err }

// counted counts how often it was closed.
type counted struct {
	net.Conn
	closed int
}

func (c *counted) Close() error { c.closed++; return nil }

// TestHijack: a hijacked connection is closed at once if the credential has already
// ended, is registered if it ends later, and is not registered if hijacking fails.
func TestHijack(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		ended  bool
		err    error
		closed int
	}{"it lives": {false, nil, 0}, "it has ended": {true, nil, 1}, "not to be had": {false, broken, 0}, "nor to be closed": {true, broken, 0}} {
		conn, f := &counted{}, &forward{}
		if c.ended {
			f.life.ended.Store(api.E(api.Unauthenticated, api.ReasonTokenRevoked, "x"))
		}
		_, _, err := (&upgradable{hijackable{httptest.NewRecorder(), conn, c.err}, f}).Hijack()
		if !errors.Is(err, c.err) || conn.closed != c.closed || (f.life.conn != nil) != (c.err == nil) {
			t.Errorf("%s: %v, closed %d times, known %v", name, err, conn.closed, f.life.conn != nil)
		}
	}
}

// TestAnswer_ended: a response that the upstream sends after the credential has ended is
// discarded.
func TestAnswer_ended(t *testing.T) {
	f := &forward{}
	why := api.E(api.Unauthenticated, api.ReasonTokenRevoked, "x")
	f.life.ended.Store(why)
	if err := f.answer(&http.Response{Header: http.Header{}}); !errors.Is(err, why) || !f.answered.Load() {
		t.Errorf("answer: got %v, want error %q and the answer noted", err, why)
	}
}
