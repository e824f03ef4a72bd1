package gateway

import (
	"net/http"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// How fast an answer must be taken that is too large for the upstream to be rid of it at
// once: a worker may wait. Time counts only while a write waits for the client, so that
// an upstream may be as slow as it likes.
const (
	answerSmall = 32 << 10                 // bytes that the connections on the way hold
	answerPiece = 16 << 10                 // that one write takes
	answerMost  = 20 * time.Second         // at the start, and that a fast client may save up
	answerByte  = time.Second / answerRate // that each byte adds
	answerRate  = 1 << 10                  // bytes a second
)

// pacedAnswer is the writer of an answer. Once begin was called, the answer is read ahead
// for a client that is slow, and cut off from one that is too slow. The zero value with
// a writer is ready.
type pacedAnswer struct {
	http.ResponseWriter
	credit time.Duration // how long the client may still be waited for
	timer  *time.Timer   // looks at a write that takes longer; nil: no pace
	ahead  *readAhead

	mu    sync.Mutex
	cutAt time.Time // when a write is cut that is under way; zero: there is none
}

// begin sets the pace for a response of the upstream, whose body is read ahead into the
// memory for bodies.
func (p *pacedAnswer) begin(r *http.Response, bodies *httpauth.Bodies) {
	isSmall := r.ContentLength >= 0 && r.ContentLength <= answerSmall || r.Request != nil && r.Request.Method == http.MethodHead
	if isSmall || r.StatusCode == http.StatusSwitchingProtocols {
		return
	}
	p.credit = answerMost
	p.ahead = newReadAhead(r.Body, bodies)
	r.Body = p.ahead
	p.timer = time.AfterFunc(time.Hour, p.wait)
	p.timer.Stop()
}

// wait is called while a write waits for the client.
func (p *pacedAnswer) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cutAt.IsZero() {
		return
	}
	if left := time.Until(p.cutAt); left > 0 {
		p.ahead.start()
		p.timer.Reset(left)
		return
	}
	http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Unix(1, 0))
}

// Write implements http.ResponseWriter.
func (p *pacedAnswer) Write(b []byte) (total int, err error) {
	if p.timer == nil {
		return p.ResponseWriter.Write(b)
	}
	for {
		piece := b[total:min(total+answerPiece, len(b))]
		n, err := p.timed(func() (int, error) { return p.ResponseWriter.Write(piece) })
		total += n
		if err != nil || total == len(b) {
			return total, err
		}
	}
}

// FlushError lets [http.ResponseController] send what is buffered.
func (p *pacedAnswer) FlushError() error {
	flush := http.NewResponseController(p.ResponseWriter).Flush
	if p.timer == nil {
		return flush()
	}
	_, err := p.timed(func() (int, error) { return 0, flush() })
	return err
}

// timed runs one write at the client's expense.
func (p *pacedAnswer) timed(write func() (int, error)) (int, error) {
	begin, credit := time.Now(), max(p.credit, 0)
	p.setCut(begin.Add(credit))
	p.timer.Reset(min(credit, aheadAfter))
	n, err := write()
	p.setCut(time.Time{})
	p.timer.Stop()
	p.credit = min(p.credit-time.Since(begin)+time.Duration(n)*answerByte, answerMost)
	return n, err
}

func (p *pacedAnswer) setCut(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutAt = at
}

// Unwrap lets [http.ResponseController] reach the rest.
func (p *pacedAnswer) Unwrap() http.ResponseWriter { return p.ResponseWriter }
