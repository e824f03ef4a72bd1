package guard

import (
	"io"
	"net/http"
	"sync"
	"time"
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
		t.control.SetReadDeadline(time.Unix(1, 0)) // without support there is no connection to interrupt
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
