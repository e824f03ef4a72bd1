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

// The minimum rate of a request body.
const (
	firstWait = 10 * time.Second             // until the first byte
	byteWait  = 10 * time.Second / leastRead // credit per byte
	maxCredit = 20 * time.Second             // maximum credit
	leastRead = 1 << 10                      // bytes per ten seconds
	slack     = time.Second                  // how late the deadline may be, so that it is set rarely
)

// Limits for skipping an unread body.
const (
	skipBytes  = 256 << 10
	skipWait   = 50 * time.Millisecond // before the response, for data in flight
	lingerWait = time.Second           // after the response, so that a reset does not destroy it
)

// body is a request body with a minimum rate. Time counts only during Read. Close may be
// called during Read.
type body struct {
	io.ReadCloser
	control *http.ResponseController // sets the read deadline
	slow    *atomic.Int64
	waits   *exchange
	http1   bool  // the rest of the body precedes the next request
	length  int64 // -1: unknown
	expects bool  // the client waits for 100 (Continue)

	duplex bool        // the handler reads while it responds
	ended  atomic.Bool // read to the end
	closed atomic.Bool // by the handler

	mu     sync.Mutex    // held while reading; guards the rest
	begun  bool          // Read was called
	credit time.Duration // how long Read may still wait for the client
	armed  time.Time     // the current deadline
	failed error         // the first error other than io.EOF
}

func newBody(w http.ResponseWriter, r *http.Request, x *exchange, slow *atomic.Int64) *body {
	return &body{
		ReadCloser: r.Body, control: http.NewResponseController(w), slow: slow, waits: x, credit: firstWait,
		http1: r.ProtoMajor < 2, length: r.ContentLength, expects: r.Header.Get("Expect") != "",
	}
}

// Read implements io.Reader. A body that is too slow ends with an error that is
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
	if b.closed.Load() { // checked after the deadline is set, see Close
		return 0, http.ErrBodyReadAfterClose
	}
	b.waits.begin()
	n, err := b.ReadCloser.Read(p)
	b.waits.end(n)
	end := time.Now()
	b.credit = min(b.credit-end.Sub(begin)+time.Duration(n)*byteWait, maxCredit)
	return n, b.note(err, !end.Before(b.armed))
}

// arm sets the deadline, unless the current one is close enough.
func (b *body) arm(now time.Time) {
	end := now.Add(b.credit)
	if d := b.armed.Sub(end); d >= 0 && d <= 2*slack {
		return
	}
	b.armed = end.Add(slack)
	b.control.SetReadDeadline(b.armed) // without support there is no connection to limit
}

// note records how the body ended and returns its error. net/http reports a missing
// trailer as malformed.
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

// Close implements io.Closer. It does not wait for the rest of the body, and interrupts a
// running Read.
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

// settle is called before the response starts: it skips the rest of the body if that has
// arrived, and otherwise closes the connection after the response.
func (b *body) settle(header http.Header) {
	if b.http1 && !b.ended.Load() && (b.duplex || !b.finish()) {
		header.Set("Connection", "close")
	}
}

// finish skips the rest of the body and reports whether the body is complete.
func (b *body) finish() bool {
	if !b.mu.TryLock() {
		return false // another goroutine is reading
	}
	defer b.mu.Unlock()
	if b.ended.Load() {
		return true
	}
	if b.failed != nil || !b.begun && b.expects || b.length > skipBytes {
		return false
	}
	b.failed = http.ErrBodyReadAfterClose // for later reads
	b.control.SetReadDeadline(time.Now().Add(skipWait))
	n, err := io.Copy(io.Discard, io.LimitReader(b.ReadCloser, skipBytes+1))
	if err != nil || n > skipBytes {
		return false
	}
	b.ended.Store(true)
	return true
}

// end is called after the handler has returned. net/http skips what is unread, and gets a
// short deadline for it.
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
