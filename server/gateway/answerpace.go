package gateway

import (
	"net/http"
	"sync"
	"time"
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

// pacedAnswer is the writer of an answer. It cuts off a client that takes the answer too
// slowly, once begin was called. The zero value with a writer is ready.
type pacedAnswer struct {
	http.ResponseWriter
	credit time.Duration // how long the client may still be waited for
	timer  *time.Timer   // ends a write that takes longer; nil: no pace

	mu      sync.Mutex
	writing bool // the timer may cut
}

// begin sets the pace for a response of the upstream.
func (p *pacedAnswer) begin(r *http.Response) {
	isSmall := r.ContentLength >= 0 && r.ContentLength <= answerSmall || r.Request != nil && r.Request.Method == http.MethodHead
	if isSmall || r.StatusCode == http.StatusSwitchingProtocols {
		return
	}
	p.credit = answerMost
	p.timer = time.AfterFunc(time.Hour, p.cut)
	p.timer.Stop()
}

func (p *pacedAnswer) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writing {
		http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Unix(1, 0))
	}
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
	p.setWriting(true)
	begin := time.Now()
	p.timer.Reset(max(p.credit, 0))
	n, err := write()
	p.timer.Stop()
	p.setWriting(false)
	p.credit = min(p.credit-time.Since(begin)+time.Duration(n)*answerByte, answerMost)
	return n, err
}

func (p *pacedAnswer) setWriting(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writing = on
}

// Unwrap lets [http.ResponseController] reach the rest.
func (p *pacedAnswer) Unwrap() http.ResponseWriter { return p.ResponseWriter }
