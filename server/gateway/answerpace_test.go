package gateway

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// slowWriter accepts a fixed number of bytes per second until its deadline is set.
type slowWriter struct {
	http.ResponseWriter
	rate int // 0: none
	late chan struct{}
}

func (w *slowWriter) Write(p []byte) (int, error) {
	wait := 1000 * time.Hour
	if w.rate > 0 {
		wait = time.Duration(len(p)) * time.Second / time.Duration(w.rate)
	}
	select {
	case <-time.After(wait):
		return w.ResponseWriter.Write(p)
	case <-w.late:
		return 0, os.ErrDeadlineExceeded
	}
}

func (w *slowWriter) FlushError() error { return nil }

func (w *slowWriter) SetWriteDeadline(time.Time) error {
	close(w.late)
	return nil
}

// TestPacedAnswer: a large response to a client that reads too slowly is cut off, which
// frees the upstream's worker; a slow client, a small response, a silent event stream and
// a WebSocket continue.
func TestPacedAnswer(t *testing.T) {
	for name, tc := range map[string]struct {
		response http.Response
		rate     int
		pause    time.Duration // of the upstream, before each write
		cut      bool
	}{
		"75 bytes a second":       {http.Response{ContentLength: 12 << 20}, 75, 0, true},
		"75, length unknown":      {http.Response{ContentLength: -1}, 75, 0, true},
		"600":                     {http.Response{ContentLength: 12 << 20}, 600, 0, true},
		"nothing":                 {http.Response{ContentLength: 12 << 20}, 0, 0, true},
		"2,000":                   {http.Response{ContentLength: 12 << 20}, 2000, 0, false},
		"1,100":                   {http.Response{ContentLength: 12 << 20}, 1100, 0, false},
		"fast":                    {http.Response{ContentLength: 12 << 20}, 1 << 30, 0, false},
		"small":                   {http.Response{ContentLength: answerSmall}, 75, 0, false},
		"head":                    {http.Response{ContentLength: 12 << 20, Request: &http.Request{Method: "HEAD"}}, 75, 0, false},
		"upgrade":                 {http.Response{ContentLength: -1, StatusCode: 101}, 75, 0, false},
		"upstream that is silent": {http.Response{ContentLength: -1}, 1 << 20, time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := pacedAnswer{ResponseWriter: &slowWriter{httptest.NewRecorder(), tc.rate, make(chan struct{})}}
				tc.response.Body = http.NoBody
				p.begin(&tc.response, aheadOf(httpauth.NewBodies(0, 0)), nil)
				begin := time.Now()
				var err error
				for range 40 {
					time.Sleep(tc.pause)
					if _, err = p.Write(make([]byte, bufferSize)); err != nil {
						break
					}
					p.FlushError()
				}
				if (err != nil) != tc.cut || tc.cut && time.Since(begin) > time.Minute {
					t.Errorf("%v after %s", err, time.Since(begin))
				}
			})
		})
	}
}

// brokenFlush is a client that is gone when the answer is flushed.
type brokenFlush struct{ *httptest.ResponseRecorder }

func (brokenFlush) FlushError() error { return http.ErrHandlerTimeout }

// TestPacedAnswer_flush: a failed flush returns its error, whether or not the pace is measured.
func TestPacedAnswer_flush(t *testing.T) {
	p := pacedAnswer{ResponseWriter: brokenFlush{httptest.NewRecorder()}}
	for range 2 {
		if err := p.FlushError(); err != http.ErrHandlerTimeout {
			t.Errorf("measured %v: FlushError() = %v, want %v", p.timer != nil, err, http.ErrHandlerTimeout)
		}
		p.timer = time.NewTimer(time.Hour)
	}
}
