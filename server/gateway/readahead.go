package gateway

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// Limits for reading a response ahead of its client.
const (
	aheadAfter = 100 * time.Millisecond // wait of one write for the client before start
	aheadMost  = 256 << 10              // bytes
)

// readAhead is the body of a response. After start it reads ahead of the client, so that
// an upstream worker becomes free before a slow client is done. Read and Close are for
// one goroutine; another one may call start.
type readAhead struct {
	io.ReadCloser
	held httpauth.Held
	most int // size of ring

	mu      sync.Mutex
	changed sync.Cond
	ring    []byte // nil: not started
	begin   int    // start of the held bytes in ring
	length  int
	err     error // after the held bytes
	closed  bool
}

// newReadAhead returns the body of a response with that length; negative if unknown.
func newReadAhead(body io.ReadCloser, length int64, held httpauth.Held) *readAhead {
	a := &readAhead{ReadCloser: body, held: held, most: int(min(uint64(length), aheadMost))}
	a.changed.L = &a.mu
	return a
}

// start starts reading ahead if memory is available. It must not be called during Read.
func (a *readAhead) start() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ring != nil || a.closed || a.held.Take(a.most) != nil {
		return
	}
	a.ring = make([]byte, a.most)
	go a.fill()
}

func (a *readAhead) started() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ring != nil
}

// isWhole reports whether the upstream is done: the rest of the body was read ahead.
func (a *readAhead) isWhole() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err != nil
}

// fill reads until the body ends or is closed.
func (a *readAhead) fill() {
	for {
		room := a.room()
		if room == nil {
			return
		}
		n, err := a.read(room)
		a.mu.Lock()
		a.length += n
		a.err = err
		a.changed.Signal()
		a.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// read reads once from the upstream. It turns a panic of the transport's body into an
// error, since nothing else recovers it in this goroutine.
func (a *readAhead) read(room []byte) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, fmt.Errorf("the body of a response panicked: %v", r)
		}
	}()
	return a.ReadCloser.Read(room)
}

// room waits for free space and returns the space after the held bytes; nil once the body
// is closed.
func (a *readAhead) room() []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.length == len(a.ring) && !a.closed {
		a.changed.Wait()
	}
	if a.closed {
		return nil
	}
	end := (a.begin + a.length) % len(a.ring)
	if end < a.begin {
		return a.ring[end:a.begin]
	}
	return a.ring[end:]
}

// Read implements io.Reader.
func (a *readAhead) Read(p []byte) (int, error) {
	if !a.started() {
		return a.ReadCloser.Read(p)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.length == 0 && a.err == nil && !a.closed {
		a.changed.Wait()
	}
	switch {
	case a.closed:
		return 0, http.ErrBodyReadAfterClose
	case a.length == 0:
		a.held.Release()
		return 0, a.err
	}
	held := a.ring[a.begin:min(a.begin+a.length, len(a.ring))]
	n := copy(p, held)
	a.begin = (a.begin + n) % len(a.ring)
	a.length -= n
	a.changed.Signal()
	return n, nil
}

// Close implements io.Closer.
func (a *readAhead) Close() error {
	a.mu.Lock()
	a.held.Release()
	a.closed = true
	a.changed.Signal()
	a.mu.Unlock()
	return a.ReadCloser.Close()
}
