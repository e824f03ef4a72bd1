package gateway

import (
	"net/http"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// The minimum speed at which a client must read a large response, since an upstream
// worker may be waiting. Time counts only while a write waits for the client; the
// upstream may be as slow as it likes.
const (
	answerSmall = 32 << 10                 // bytes that connection buffers hold
	answerPiece = 16 << 10                 // bytes per write
	answerMost  = 20 * time.Second         // credit at the start, and maximum credit
	answerByte  = time.Second / answerRate // credit per byte
	answerRate  = 1 << 10                  // bytes per second
)

// pacedAnswer is the writer of a response. After begin the response is read ahead for a
// slow client, and cut off for one that is too slow. The zero value with a writer is
// ready.
type pacedAnswer struct {
	http.ResponseWriter
	credit time.Duration // how long writes may still wait for the client
	timer  *time.Timer   // fires during a slow write; nil: no pace
	ahead  *readAhead
	queue  *queue // of the upstream; nil: its other requests do not matter

	mu    sync.Mutex
	begun time.Time // when the current write began
	cutAt time.Time // when it is cut off; zero: no write
}

// begin starts the pace for a response of the upstream; its body is read ahead into the
// memory. The client is cut off sooner while the queue, which may be nil, is stuck.
func (p *pacedAnswer) begin(r *http.Response, held httpauth.Held, q *queue) {
	isSmall := r.ContentLength >= 0 && r.ContentLength <= answerSmall || r.Request != nil && r.Request.Method == http.MethodHead
	if isSmall || r.StatusCode == http.StatusSwitchingProtocols {
		return
	}
	p.credit, p.queue = answerMost, q
	p.ahead = newReadAhead(r.Body, r.ContentLength, held)
	r.Body = p.ahead
	p.timer = time.AfterFunc(time.Hour, p.wait)
	p.timer.Stop()
}

// wait runs when a write has waited for the client.
func (p *pacedAnswer) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cutAt.IsZero() {
		return
	}
	if left := time.Until(p.cutAt); left > 0 && !p.blocksOthers() {
		p.ahead.start()
		p.timer.Reset(min(left, p.nextLook()))
		return
	}
	http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Unix(1, 0))
}

// blocksOthers reports whether a write waits for the client so long that others should not
// wait for the worker, which is not done with the response.
func (p *pacedAnswer) blocksOthers() bool {
	return time.Since(p.begun) >= stuckAfter && p.queue.stuck() && !p.ahead.isWhole()
}

// nextLook returns when to look at a write again.
func (p *pacedAnswer) nextLook() time.Duration {
	if p.queue == nil {
		return answerMost
	}
	return stuckLook
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

// FlushError flushes buffered data, for [http.ResponseController].
func (p *pacedAnswer) FlushError() error {
	flush := http.NewResponseController(p.ResponseWriter).Flush
	if p.timer == nil {
		return flush()
	}
	_, err := p.timed(func() (int, error) { return 0, flush() })
	return err
}

// timed runs one write and charges its time to the client's credit.
func (p *pacedAnswer) timed(write func() (int, error)) (int, error) {
	begin, credit := time.Now(), max(p.credit, 0)
	p.setCut(begin, begin.Add(credit))
	p.timer.Reset(min(credit, aheadAfter))
	n, err := write()
	p.setCut(begin, time.Time{})
	p.timer.Stop()
	p.credit = min(p.credit-time.Since(begin)+time.Duration(n)*answerByte, answerMost)
	return n, err
}

func (p *pacedAnswer) setCut(begun, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begun, p.cutAt = begun, at
}

// Unwrap returns the underlying writer, for [http.ResponseController].
func (p *pacedAnswer) Unwrap() http.ResponseWriter { return p.ResponseWriter }
