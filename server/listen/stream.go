package listen

import (
	"net/http"
	"sync"
	"time"
)

// streamPiece is how much of an answer over HTTP/2 must get away within writeStall: a
// client that grants a stream no window is slow although its connection is not.
const streamPiece = 8 << 10

// stream is the writer of an answer over HTTP/2. A client that does not take the answer
// has the stream reset.
type stream struct {
	http.ResponseWriter
	stall time.Duration
	timer *time.Timer

	mu      sync.Mutex
	writing bool // the timer may reset the stream
}

func newStream(w http.ResponseWriter, stall time.Duration) *stream {
	s := &stream{ResponseWriter: w, stall: stall}
	s.timer = time.AfterFunc(stall, s.reset)
	s.timer.Stop()
	return s
}

// reset ends the stream while a write waits.
func (s *stream) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writing {
		http.NewResponseController(s.ResponseWriter).SetWriteDeadline(time.Unix(1, 0))
	}
}

// watched runs one write under the limit.
func (s *stream) watched(write func() error) error {
	s.setWriting(true)
	s.timer.Reset(s.stall)
	defer func() {
		s.timer.Stop()
		s.setWriting(false)
	}()
	return write()
}

func (s *stream) setWriting(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writing = on
}

// Write implements http.ResponseWriter.
func (s *stream) Write(p []byte) (total int, err error) {
	for {
		piece := p[total:min(total+streamPiece, len(p))]
		err = s.watched(func() error {
			n, err := s.ResponseWriter.Write(piece)
			total += n
			return err
		})
		if err != nil || total == len(p) {
			return total, err
		}
	}
}

// FlushError lets [http.ResponseController] send what is buffered.
func (s *stream) FlushError() error {
	return s.watched(http.NewResponseController(s.ResponseWriter).Flush)
}

// Flush implements http.Flusher.
func (s *stream) Flush() { s.FlushError() } // Flush has nobody to tell

// end bounds what net/http sends once the handler has returned.
func (s *stream) end() {
	http.NewResponseController(s.ResponseWriter).SetWriteDeadline(time.Now().Add(s.stall))
}

// Unwrap lets [http.ResponseController] reach the rest.
func (s *stream) Unwrap() http.ResponseWriter { return s.ResponseWriter }
