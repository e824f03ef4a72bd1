package gateway

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// workers is an upstream with so many workers: each reads a request, and is free once its
// response of 1 MiB was read. /slow takes a minute first.
type workers chan struct{}

func (w workers) RoundTrip(r *http.Request) (*http.Response, error) {
	w <- struct{}{}
	var once sync.Once
	free := func() { once.Do(func() { <-w }) }
	if r.URL.Path == "/slow" {
		time.Sleep(time.Minute)
	}
	if r.Body != nil {
		_, err := io.Copy(io.Discard, r.Body)
		r.Body.Close()
		if err != nil {
			free()
			return nil, err
		}
	}
	return &http.Response{StatusCode: 200, ContentLength: 1 << 20, Header: http.Header{}, Request: r, Body: freeing{io.LimitReader(zeros{}, 1<<20), free}}, nil
}

// zeros is a long body.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// freeing frees the worker at the end of the body, or when it is closed.
type freeing struct {
	io.Reader
	free func()
}

func (f freeing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err != nil {
		f.free()
	}
	return n, err
}

func (f freeing) Close() error {
	f.free()
	return nil
}

// stalled is the connection of a client that stops: reads of its body and writes to it
// wait until their deadline.
type stalled struct {
	*httptest.ResponseRecorder
	body    *io.PipeReader
	reads   bool // it reads responses
	limited chan struct{}
}

func (s *stalled) SetReadDeadline(time.Time) error {
	return s.body.CloseWithError(os.ErrDeadlineExceeded)
}

func (s *stalled) SetWriteDeadline(time.Time) error {
	close(s.limited)
	return nil
}

func (s *stalled) Write(p []byte) (int, error) {
	if s.reads {
		return s.ResponseRecorder.Write(p)
	}
	<-s.limited
	return 0, os.ErrDeadlineExceeded
}

// TestQueue: clients that stop in the middle of a body or of a response hold the workers of
// an upstream only for seconds, if they are anonymous and others wait. If nobody waits, or
// others are answered, they are given the time that a bad connection may need.
func TestQueue(t *testing.T) {
	upload := func(s *stalled) *http.Request {
		r, w := io.Pipe()
		s.body, s.reads = r, true
		go io.WriteString(w, strings.Repeat("x", 300<<10)) // and no more
		return httptest.NewRequest("POST", "/x", struct{ io.Reader }{r})
	}
	download := func(s *stalled) *http.Request { return httptest.NewRequest("GET", "/x", nil) }
	quick := func() *http.Request { return httptest.NewRequest("GET", "/quick", nil) }
	for _, tc := range []struct {
		name     string
		request  func(*stalled) *http.Request
		user     string
		slow     int           // how many stop
		next     *http.Request // that comes a second later
		atLeast  time.Duration // until the workers are free
		atMost   time.Duration
		answered time.Duration // until the next one is answered, at most
	}{
		{"uploads, and others wait", upload, "", 8, quick(), 2 * time.Second, 4 * time.Second, 3 * time.Second},
		{"uploads of a user", upload, "anna", 8, quick(), 10 * time.Second, time.Minute, time.Minute},
		{"uploads, and nobody waits", upload, "", 8, nil, 10 * time.Second, time.Minute, 0},
		{"an upload, and another is answered", upload, "", 1, quick(), 10 * time.Second, time.Minute, time.Second},
		{"downloads, and others wait", download, "", 8, quick(), 2 * time.Second, 4 * time.Second, 3 * time.Second},
		{"downloads of a user", download, "anna", 8, quick(), 10 * time.Second, time.Minute, time.Minute},
		{"downloads, and nobody waits", download, "", 8, nil, 10 * time.Second, time.Minute, 0},
		{"a download, and another is answered", download, "", 1, quick(), 10 * time.Second, time.Minute, time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rule := &route.Rule{Name: "all", Path: "/**", Access: route.Public}
				g, err := New(Config{
					Engine: deciderFunc(func(*api.Attempt) core.Decision {
						return core.Decision{Outcome: core.Allowed, Rule: rule, Identity: api.Identity{Subject: tc.user}}
					}),
					Upstreams: map[string]*url.URL{"app": {Scheme: "http", Host: "app"}}, Transport: make(workers, 8),
				})
				if err != nil {
					t.Fatal(err)
				}
				begin := time.Now()
				var slow, next sync.WaitGroup
				for range tc.slow {
					s := &stalled{ResponseRecorder: httptest.NewRecorder(), limited: make(chan struct{})}
					r := tc.request(s)
					slow.Go(func() { serveCut(g, s, r) })
				}
				time.Sleep(time.Second)
				if tc.next != nil {
					next.Go(func() { g.ServeHTTP(httptest.NewRecorder(), tc.next) })
				}
				next.Wait()
				if took := time.Since(begin) - time.Second; tc.next != nil && took > tc.answered {
					t.Errorf("the next one is answered after %s", took)
				}
				slow.Wait()
				if took := time.Since(begin); took < tc.atLeast || took > tc.atMost {
					t.Errorf("the workers are free after %s", took)
				}
			})
		})
	}
}

// serveCut serves a request that may be cut off.
func serveCut(h http.Handler, w http.ResponseWriter, r *http.Request) {
	defer func() {
		if err := recover(); err != nil && err != http.ErrAbortHandler {
			panic(fmt.Sprint(err))
		}
	}()
	h.ServeHTTP(w, r)
}

// TestQueue_counts: who waits is counted once, however the request ends.
func TestQueue_counts(t *testing.T) {
	for name, transport := range map[string]roundTripper{
		"answered": func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Request: r, Body: http.NoBody}, nil
		},
		"fails":  func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") },
		"panics": func(*http.Request) (*http.Response, error) { panic("a fault") },
	} {
		g, err := New(Config{
			Engine: deciderFunc(func(*api.Attempt) core.Decision {
				return core.Decision{Outcome: core.Allowed, Rule: &route.Rule{Name: "all"}}
			}),
			Upstreams: map[string]*url.URL{"app": {Scheme: "http", Host: "app"}}, Transport: transport,
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			serveCut(g, httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil))
		}
		if n := g.queues[g.upstreams["app"]].waiting.Load(); n != 0 {
			t.Errorf("%s: %d are counted", name, n)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
