package gateway

import (
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// The minimum speed for the rest of a body that is too large to buffer: the upstream
// request has started and may occupy a worker. For buffered bodies only the listener's
// lower minimum rate applies.
const (
	paceFirst = 10 * time.Second // until the first byte
	paceMost  = 20 * time.Second // maximum credit
)

// pace is the minimum speed of a body.
type pace struct {
	rate int           // bytes per second
	all  time.Duration // maximum total time
}

var (
	usualPace = pace{rate: 4 << 10, all: time.Hour}
	// Anonymous requests are free for an attacker, so they must not occupy workers
	// cheaply.
	anonymousPace = pace{rate: 16 << 10, all: time.Hour}
)

// pace returns the pace for the rest of the body after the upstream request has started.
func (f *forward) pace() pace {
	if f.decision.Identity.Subject == "" {
		return anonymousPace
	}
	return usualPace
}

// paced is a body that must keep a pace. Time counts only during Read, so that a slow
// upstream is not blamed on the client. Close may be called during Read.
type paced struct {
	io.ReadCloser
	control *http.ResponseController
	credit  time.Duration // how long Read may still wait for the client
	each    time.Duration // credit per byte
	left    time.Duration // remaining total time
	timer   *time.Timer   // interrupts a Read that takes longer

	mu   sync.Mutex
	late bool
	done bool // closed: the connection may be serving another request
}

func newPaced(w http.ResponseWriter, body io.ReadCloser, at pace) *paced {
	p := &paced{
		ReadCloser: body, control: http.NewResponseController(w),
		credit: paceFirst, each: time.Second / time.Duration(at.rate), left: at.all,
	}
	p.timer = time.AfterFunc(at.all, p.interrupt)
	p.timer.Stop()
	return p
}

// Read implements io.Reader. A body that is too slow ends with [os.ErrDeadlineExceeded].
func (p *paced) Read(b []byte) (int, error) {
	if p.isLate() {
		return 0, os.ErrDeadlineExceeded
	}
	begin := time.Now()
	p.timer.Reset(min(p.credit, p.left))
	n, err := p.ReadCloser.Read(b)
	p.timer.Stop()
	took := time.Since(begin)
	p.left -= took
	p.credit = min(p.credit-took+time.Duration(n)*p.each, paceMost)
	if err != nil && err != io.EOF && p.isLate() {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

func (p *paced) isLate() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.late
}

func (p *paced) interrupt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.late = true; !p.done {
		p.control.SetReadDeadline(time.Unix(1, 0)) // without support there is no connection to interrupt
	}
}

// Close implements io.Closer.
func (p *paced) Close() error {
	p.stop()
	return p.ReadCloser.Close()
}

// stop ends the pace without closing the body.
func (p *paced) stop() {
	p.timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = true
}
