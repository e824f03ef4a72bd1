package gateway

import (
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// How fast the rest of a body must come that is too large to be held: by then the
// upstream has been asked, and may have a worker that waits. The listener's own least
// rate, which is lower, is for what is held.
const (
	paceFirst = 10 * time.Second // that it may take to come at all
	paceMost  = 20 * time.Second // that a fast start may save up
)

// pace is how fast a body must come.
type pace struct {
	rate int           // bytes a second
	all  time.Duration // that all of it may take
}

var (
	usualPace = pace{rate: 4 << 10, all: time.Hour}
	// It costs nothing to be anonymous, so that it must cost to hold many workers.
	anonymousPace = pace{rate: 16 << 10, all: time.Hour}
)

// pace returns how fast the rest of the body must come once the upstream is asked.
func (f *forward) pace() pace {
	if f.decision.Identity.Subject == "" {
		return anonymousPace
	}
	return usualPace
}

// paced is a body that must keep that pace. Time counts only while somebody waits in
// Read, so that a slow upstream is not the client's fault. It may be closed while it
// is read.
type paced struct {
	io.ReadCloser
	control *http.ResponseController
	credit  time.Duration // how long the client may still be waited for
	each    time.Duration // that a byte adds
	left    time.Duration // that all of it may take
	timer   *time.Timer   // ends a Read that takes longer

	mu   sync.Mutex
	late bool
	done bool // closed: the connection may be at another request
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

// Read implements io.Reader. What comes too slowly ends with
// [os.ErrDeadlineExceeded].
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
		p.control.SetReadDeadline(time.Unix(1, 0)) // where it cannot be set, no connection is held
	}
}

// Close implements io.Closer.
func (p *paced) Close() error {
	p.stop()
	return p.ReadCloser.Close()
}

// stop ends the pace, and leaves the body open.
func (p *paced) stop() {
	p.timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = true
}
