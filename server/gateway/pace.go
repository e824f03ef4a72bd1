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

// paced is a body that must keep a pace, and keep it closely while its upstream is stuck.
// Time counts only during Read, so that a slow upstream is not blamed on the client. Close
// may be called during Read.
type paced struct {
	io.ReadCloser
	control     *http.ResponseController
	queue       *queue        // of the upstream; nil: its other requests do not matter
	credit      time.Duration // how long Read may still wait for the client
	stuckCredit time.Duration // the same while the upstream is stuck
	each        time.Duration // credit per byte
	left        time.Duration // remaining total time
	timer       *time.Timer   // looks at a Read that takes longer

	mu   sync.Mutex
	end  time.Time // when Read is interrupted; zero: it does not run
	late bool
	done bool // closed: the connection may be serving another request
}

func newPaced(w http.ResponseWriter, body io.ReadCloser, at pace) *paced {
	p := &paced{
		ReadCloser: body, control: http.NewResponseController(w),
		credit: paceFirst, stuckCredit: stuckAfter, each: time.Second / time.Duration(at.rate), left: at.all,
	}
	p.timer = time.AfterFunc(at.all, p.look)
	p.timer.Stop()
	return p
}

// Read implements io.Reader. A body that is too slow ends with [os.ErrDeadlineExceeded].
func (p *paced) Read(b []byte) (int, error) {
	begin, wait := time.Now(), min(p.credit, p.left)
	if !p.begin(begin.Add(wait)) {
		return 0, os.ErrDeadlineExceeded
	}
	if p.queue != nil {
		wait = min(wait, max(p.stuckCredit, 0))
	}
	p.timer.Reset(wait)
	n, err := p.ReadCloser.Read(b)
	p.timer.Stop()
	took, gained := time.Since(begin), time.Duration(n)*p.each
	p.left -= took
	p.credit = min(p.credit-took+gained, paceMost)
	p.stuckCredit = min(p.stuckCredit-took+gained, stuckAfter)
	if isLate := p.ended(); isLate && err != nil && err != io.EOF {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

// begin notes until when a Read may take, unless one was late.
func (p *paced) begin(end time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end = end
	return !p.late
}

// ended notes the end of Read, and reports whether it was interrupted.
func (p *paced) ended() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end = time.Time{}
	return p.late
}

// look interrupts a Read that takes too long.
func (p *paced) look() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch left := time.Until(p.end); {
	case p.end.IsZero():
	case left > 0 && !p.queue.stuck():
		p.timer.Reset(min(left, stuckLook))
	default:
		p.interrupt()
	}
}

// interrupt ends a Read. The caller holds mu.
func (p *paced) interrupt() {
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
