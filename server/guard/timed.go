package guard

import (
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// The minimum rate of a body that is read before the decision.
const (
	firstWait = 10 * time.Second        // until the first byte
	maxCredit = 20 * time.Second        // maximum time in advance
	byteWait  = time.Second / (4 << 10) // credit per byte
)

// timed is a body with a minimum rate. Only the time of Read counts.
type timed struct {
	io.ReadCloser
	control *http.ResponseController // nil: no time limit
	credit  time.Duration            // how long Read may still wait for the client
	timer   *time.Timer              // interrupts a Read that takes longer

	mu   sync.Mutex
	done bool // reading has ended: the connection may serve another request
}

// newTimed returns the body with a minimum rate, if w is that of a connection. Call stop
// afterwards.
func newTimed(w http.ResponseWriter, body io.ReadCloser) *timed {
	t := &timed{ReadCloser: body, credit: firstWait}
	if w != nil {
		t.control = http.NewResponseController(w)
		t.timer = time.AfterFunc(firstWait, t.interrupt)
		t.timer.Stop()
	}
	return t
}

// Read implements io.Reader. A body that is too slow ends with an error.
func (t *timed) Read(p []byte) (int, error) {
	if t.timer == nil {
		return t.ReadCloser.Read(p)
	}
	begin := time.Now()
	t.timer.Reset(t.credit)
	n, err := t.ReadCloser.Read(p)
	t.timer.Stop()
	t.credit = min(t.credit-time.Since(begin)+time.Duration(n)*byteWait, maxCredit)
	return n, err
}

func (t *timed) interrupt() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.done {
		t.control.SetReadDeadline(time.Unix(1, 0)) // see tellUntimed
	}
}

func (t *timed) stop() {
	if t.timer == nil {
		return
	}
	t.timer.Stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done = true
}

// tellUntimed logs, once, that bodies can be as slow as their clients like: middleware
// around the guard hides the connection, and the server has no time limit of its own.
func (g *Guard) tellUntimed(w http.ResponseWriter, r *http.Request) {
	server, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	if w == nil || server == nil || server.ReadTimeout > 0 || isTimed(w) {
		return
	}
	g.untimed.Do(func() {
		g.engine.Fault(r.Context(), "guard reads bodies without a time limit",
			api.Fault("middleware around it has a ResponseWriter without Unwrap (%T): add it, or set the server's ReadTimeout", w))
	})
}

// isTimed reports whether [http.ResponseController] can set a read deadline. It is not
// called, since it would replace the server's.
func isTimed(w http.ResponseWriter) bool {
	for {
		switch x := w.(type) {
		case interface{ SetReadDeadline(time.Time) error }:
			return true
		case interface{ Unwrap() http.ResponseWriter }:
			w = x.Unwrap()
		default:
			return false
		}
	}
}
