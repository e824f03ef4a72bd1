package listen

import (
	"net/http"
	"sync"
	"time"
)

// streamPiece is the part of an HTTP/2 response, in bytes, that must be written within
// writeStall: a client may keep the connection alive but grant a stream no window.
const streamPiece = 8 << 10

// stream is the writer of an HTTP/2 response. The stream is reset if the client does not
// read.
type stream struct {
	http.ResponseWriter
	waits *exchange
	stall time.Duration
	timer *time.Timer

	mu      sync.Mutex
	writing bool // a write is running, and the timer may reset the stream
}

func newStream(w http.ResponseWriter, x *exchange, stall time.Duration) *stream {
	s := &stream{ResponseWriter: w, waits: x, stall: stall}
	s.timer = time.AfterFunc(stall, s.reset)
	s.timer.Stop()
	return s
}

// reset resets the stream if a write is blocked.
func (s *stream) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writing {
		http.NewResponseController(s.ResponseWriter).SetWriteDeadline(time.Unix(1, 0))
	}
}

// watched runs one write of so many bytes with the time limit.
func (s *stream) watched(write func() (int, error)) (n int, err error) {
	s.setWriting(true)
	s.waits.begin()
	s.timer.Reset(s.stall)
	defer func() {
		s.timer.Stop()
		s.waits.end(n)
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
		n, err := s.watched(func() (int, error) { return s.ResponseWriter.Write(piece) })
		total += n
		if err != nil || total == len(p) {
			return total, err
		}
	}
}

// FlushError flushes buffered data, for [http.ResponseController].
func (s *stream) FlushError() error {
	_, err := s.watched(func() (int, error) { return 0, http.NewResponseController(s.ResponseWriter).Flush() })
	return err
}

// Flush implements http.Flusher.
func (s *stream) Flush() { s.FlushError() } // Flush cannot return an error

// end limits what net/http sends after the handler has returned.
func (s *stream) end() {
	http.NewResponseController(s.ResponseWriter).SetWriteDeadline(time.Now().Add(s.stall))
}

// Unwrap returns the underlying writer, for [http.ResponseController].
func (s *stream) Unwrap() http.ResponseWriter { return s.ResponseWriter }
