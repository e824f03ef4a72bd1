package gateway

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// TestReadAhead: if there is memory, the worker of an upstream is free long before a slow
// client has its response, which arrives complete.
func TestReadAhead(t *testing.T) {
	for name, tc := range map[string]struct {
		size, rate int
		taken      int           // memory in use before
		free       time.Duration // when the worker must be free, at most
		whole      time.Duration // when the client has everything, at least
	}{
		"fast":               {200 << 10, 1 << 30, 0, time.Second, 0},
		"slow":               {200 << 10, 2000, 0, 10 * time.Second, 90 * time.Second},
		"slow, large":        {600 << 10, 2000, 0, 190 * time.Second, 290 * time.Second},
		"slow, without room": {200 << 10, 2000, 768 << 10, 110 * time.Second, 90 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bodies := httpauth.NewBodies(2<<20, 0)
				peer := bodies.Hold(httpauth.Trust{}, netip.Addr{})
				others := peer.Spare()
				if err := others.Take(tc.taken); err != nil {
					t.Fatal(err)
				}
				text := make([]byte, tc.size)
				rand.NewChaCha8([32]byte{}).Read(text)
				upstream, worker := io.Pipe()
				free := make(chan time.Duration, 1)
				begin := time.Now()
				go func() {
					for rest := text; len(rest) > 0; {
						n, _ := worker.Write(rest[:min(len(rest), 5000)])
						rest = rest[n:]
					}
					worker.Close()
					free <- time.Since(begin)
				}()

				recorder := httptest.NewRecorder()
				p := pacedAnswer{ResponseWriter: &slowWriter{recorder, tc.rate, make(chan struct{})}}
				response := http.Response{ContentLength: int64(tc.size), Body: upstream}
				p.begin(&response, peer.Ahead(), nil)
				if _, err := io.CopyBuffer(struct{ io.Writer }{&p}, response.Body, make([]byte, 32<<10)); err != nil {
					t.Fatal(err)
				}
				whole := time.Since(begin)
				response.Body.Close()
				if got := <-free; got > tc.free {
					t.Errorf("the worker was free after %s", got)
				}
				if whole < tc.whole {
					t.Errorf("the client had the answer after %s", whole)
				}
				if !bytes.Equal(recorder.Body.Bytes(), text) {
					t.Error("the answer is another")
				}
				if got := bodies.Taken(); got != int64(tc.taken) {
					t.Errorf("%d bytes are taken", got)
				}
			})
		})
	}
}

// aheadOf is the memory for a response to a peer without a limit.
func aheadOf(b *httpauth.Bodies) httpauth.Held {
	h := b.Hold(httpauth.Trust{}, netip.Addr{})
	return h.Ahead()
}

// TestReadAhead_length: a response takes no more memory than it has bytes.
func TestReadAhead_length(t *testing.T) {
	for length, want := range map[int64]int64{-1: aheadMost, 40_000: 40_000, aheadMost: aheadMost, 1 << 40: aheadMost} {
		bodies := httpauth.NewBodies(0, 0)
		a := newReadAhead(http.NoBody, length, aheadOf(bodies))
		a.start()
		if got := bodies.Taken(); got != want {
			t.Errorf("%d bytes: %d are taken, want %d", length, got, want)
		}
		a.Close()
	}
}

// TestReadAhead_closed: nothing is read for a client that has disconnected, and its
// memory is released.
func TestReadAhead_closed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bodies := httpauth.NewBodies(2<<20, 0)
		upstream, worker := io.Pipe()
		a := newReadAhead(upstream, -1, aheadOf(bodies))
		a.start()
		go func() {
			for {
				if _, err := worker.Write(make([]byte, 5000)); err != nil {
					return
				}
			}
		}()
		synctest.Wait()
		if got := bodies.Taken(); got != aheadMost {
			t.Errorf("%d bytes are taken", got)
		}
		a.Close()
		if n, err := a.Read(make([]byte, 1)); n != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("after Close %d bytes are read, %v", n, err)
		}
		a.start()
		synctest.Wait() // neither the worker nor the reader ahead holds memory
		if got := bodies.Taken(); got != 0 {
			t.Errorf("%d bytes are taken", got)
		}
	})
}

// panicking is the body of a transport that panics.
type panicking struct{ io.ReadCloser }

func (panicking) Read([]byte) (int, error) { panic("broken") }

// TestReadAhead_panics: a panic while reading ahead ends that response only.
func TestReadAhead_panics(t *testing.T) {
	a := newReadAhead(panicking{http.NoBody}, -1, aheadOf(httpauth.NewBodies(2<<20, 0)))
	defer a.Close()
	a.start()
	if _, err := a.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Error(err)
	}
}
