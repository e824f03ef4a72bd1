package listen

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// The least rate of a request body.
const (
	firstWait = 10 * time.Second             // that it may take to begin
	byteWait  = 10 * time.Second / leastRead // that each byte adds
	maxCredit = 20 * time.Second             // that a fast start may save up
	leastRead = 1 << 10                      // bytes in ten seconds
	slack     = time.Second                  // by which the deadline may be late, so that it is set rarely
)

// The bounds on skipping a body that nobody wants.
const (
	skipBytes  = 256 << 10
	skipWait   = 50 * time.Millisecond // before the answer, for what is on its way
	lingerWait = time.Second           // after it, so that it is not lost by a reset
)

// body is a request body that must arrive at the least rate. Time counts only while
// somebody waits in Read. It may be closed while it is read.
type body struct {
	io.ReadCloser
	control *http.ResponseController // whose read deadline is set
	slow    *atomic.Int64
	http1   bool  // what is left of the body stands before the next request
	length  int64 // -1: not known
	expects bool  // the client waits for 100 (Continue)

	duplex bool        // the handler reads on while it answers
	ended  atomic.Bool // read to the end
	closed atomic.Bool // by the handler

	mu     sync.Mutex    // held while reading; guards the rest
	begun  bool          // somebody has read
	credit time.Duration // how long the client may still be waited for
	armed  time.Time     // the deadline that is set
	failed error         // what ended it, other than io.EOF
}

func newBody(w http.ResponseWriter, r *http.Request, slow *atomic.Int64) *body {
	return &body{
		ReadCloser: r.Body, control: http.NewResponseController(w), slow: slow, credit: firstWait,
		http1: r.ProtoMajor < 2, length: r.ContentLength, expects: r.Header.Get("Expect") != "",
	}
}

// Read implements io.Reader. A body that comes too slowly ends with an error that is
// [os.ErrDeadlineExceeded].
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed != nil {
		return 0, b.failed
	}
	b.begun = true
	begin := time.Now()
	b.arm(begin)
	if b.closed.Load() { // looked at once the deadline is set, see Close
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.ReadCloser.Read(p)
	end := time.Now()
	b.credit = min(b.credit-end.Sub(begin)+time.Duration(n)*byteWait, maxCredit)
	return n, b.note(err, !end.Before(b.armed))
}

// arm sets the deadline, unless the one that is set is nearly the same.
func (b *body) arm(now time.Time) {
	end := now.Add(b.credit)
	if d := b.armed.Sub(end); d >= 0 && d <= 2*slack {
		return
	}
	b.armed = end.Add(slack)
	b.control.SetReadDeadline(b.armed) // where it cannot be set, the body is not from a connection
}

// note remembers how the body has ended, and returns that. net/http tells of a trailer
// that does not come as if it were malformed.
func (b *body) note(err error, late bool) error {
	switch {
	case err == nil:
		return nil
	case err == io.EOF:
		b.ended.Store(true)
		return err
	case late && !errors.Is(err, os.ErrDeadlineExceeded):
		err = errors.Join(os.ErrDeadlineExceeded, err)
	}
	b.failed = err
	if late && !b.closed.Load() {
		b.slow.Add(1)
	}
	return err
}

// Close implements io.Closer. It does not wait for the rest of the body, and ends a
// Read that does.
func (b *body) Close() error {
	if !b.http1 {
		return b.ReadCloser.Close()
	}
	b.closed.Store(true)
	if b.ended.Load() {
		return nil
	}
	if b.mu.TryLock() {
		b.mu.Unlock()
		return nil
	}
	b.interrupt()
	return nil
}

func (b *body) interrupt() { b.control.SetReadDeadline(time.Unix(1, 0)) }

// settle is called before an answer begins: it skips what is left of the body if that
// has arrived, and otherwise says that the connection ends.
func (b *body) settle(header http.Header) {
	if b.http1 && !b.ended.Load() && (b.duplex || !b.finish()) {
		header.Set("Connection", "close")
	}
}

// finish skips the rest of the body and reports whether that was all of it.
func (b *body) finish() bool {
	if !b.mu.TryLock() {
		return false // somebody reads it
	}
	defer b.mu.Unlock()
	if b.ended.Load() {
		return true
	}
	if b.failed != nil || !b.begun && b.expects || b.length > skipBytes {
		return false
	}
	b.failed = http.ErrBodyReadAfterClose // for whoever reads on
	b.control.SetReadDeadline(time.Now().Add(skipWait))
	n, err := io.Copy(io.Discard, io.LimitReader(b.ReadCloser, skipBytes+1))
	if err != nil || n > skipBytes {
		return false
	}
	b.ended.Store(true)
	return true
}

// end is called when the handler has returned. What it left unread is net/http's to
// skip, for a moment.
func (b *body) end() {
	if !b.http1 || b.ended.Load() {
		return
	}
	b.closed.Store(true)
	if !b.mu.TryLock() {
		b.interrupt()
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	if !b.ended.Load() {
		b.control.SetReadDeadline(time.Now().Add(lingerWait))
	}
}
