package gateway

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// The bounds of what is read of an answer before its client takes it.
const (
	aheadAfter = 100 * time.Millisecond // that one write waits for the client
	aheadMost  = 256 << 10              // bytes
)

// readAhead is the body of an answer. Once start was called it reads from the upstream
// what the client has not yet taken, so that a worker of the upstream is free before a
// slow client is done. Read and Close are for one goroutine; start may be called by
// another.
type readAhead struct {
	io.ReadCloser
	bodies *httpauth.Bodies

	mu      sync.Mutex
	changed sync.Cond
	ring    []byte // nil: not started
	begin   int    // of what is held in ring
	length  int
	err     error // after what is held
	closed  bool
	given   bool // the memory was given back
}

func newReadAhead(body io.ReadCloser, bodies *httpauth.Bodies) *readAhead {
	a := &readAhead{ReadCloser: body, bodies: bodies}
	a.changed.L = &a.mu
	return a
}

// start begins to read ahead, if there is memory. Nobody may be in Read.
func (a *readAhead) start() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ring != nil || a.closed || !a.bodies.TakeAhead(aheadMost) {
		return
	}
	a.ring = make([]byte, aheadMost)
	go a.fill()
}

func (a *readAhead) started() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ring != nil
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

// read reads once from the upstream. A panic of a transport's body is an error: nobody
// else would recover it here.
func (a *readAhead) read(room []byte) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, fmt.Errorf("the body of an answer panicked: %v", r)
		}
	}()
	return a.ReadCloser.Read(room)
}

// room waits for free bytes, and returns those that follow what is held; nil once the
// body is closed.
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
		a.give()
		return 0, a.err
	}
	held := a.ring[a.begin:min(a.begin+a.length, len(a.ring))]
	n := copy(p, held)
	a.begin = (a.begin + n) % len(a.ring)
	a.length -= n
	a.changed.Signal()
	return n, nil
}

// give gives the memory back, once, when nothing more will be held.
func (a *readAhead) give() {
	if a.ring != nil && !a.given {
		a.given = true
		a.bodies.GiveAhead(aheadMost)
	}
}

// Close implements io.Closer.
func (a *readAhead) Close() error {
	a.mu.Lock()
	a.give()
	a.closed = true
	a.changed.Signal()
	a.mu.Unlock()
	return a.ReadCloser.Close()
}
