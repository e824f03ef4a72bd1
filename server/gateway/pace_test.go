package gateway

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// piped is the writer of a response to a request whose body is a pipe.
type piped struct {
	http.ResponseWriter
	body *io.PipeReader
}

// SetReadDeadline ends a Read that waits.
func (p piped) SetReadDeadline(time.Time) error {
	return p.body.CloseWithError(errors.New("i/o timeout"))
}

// TestPaced tests how long the rest of a large body may take.
func TestPaced(t *testing.T) {
	for _, tc := range []struct {
		name   string
		pace   pace
		piece  int
		every  time.Duration
		pieces int
		slow   time.Duration // when it is given up; 0: never
	}{
		{"at once", usualPace, 1 << 20, 0, 10, 0},
		{"4 KiB a second", usualPace, 4 << 10, time.Second, 1000, 0},
		{"40 KiB every nine seconds", usualPace, 40 << 10, 9 * time.Second, 100, 0},
		{"a pause of 15 s after a fast start", usualPace, 1 << 20, 15 * time.Second, 3, 10 * time.Second}, // before the first piece
		{"110 bytes a second", usualPace, 110, time.Second, 1000, 10 * time.Second},
		{"1 KiB a second", usualPace, 1 << 10, time.Second, 1000, 12 * time.Second},
		{"nothing", usualPace, 0, 30 * time.Second, 1, 10 * time.Second},
		{"for ever", usualPace, 4 << 10, time.Second, 10_000, time.Hour},
		{"4 KiB a second, anonymous", anonymousPace, 4 << 10, time.Second, 1000, 12 * time.Second},
		{"16 KiB a second, anonymous", anonymousPace, 16 << 10, time.Second, 200, 0},
		{"for ever, anonymous", anonymousPace, 16 << 10, time.Second, 10_000, time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, w := io.Pipe()
				p := newPaced(piped{httptest.NewRecorder(), r}, r, tc.pace)
				begin, written := time.Now(), make(chan bool)
				go func() {
					defer close(written)
					for range tc.pieces {
						time.Sleep(tc.every)
						if _, err := io.WriteString(w, strings.Repeat("x", tc.piece)); err != nil {
							return
						}
					}
					w.Close()
				}()
				n, err := io.Copy(io.Discard, p)
				p.Close()
				took := time.Since(begin)
				<-written
				if isSlow := errors.Is(err, os.ErrDeadlineExceeded); isSlow != (tc.slow > 0) || isSlow && (took < tc.slow || took > tc.slow+time.Second) {
					t.Errorf("%d bytes in %s: %v", n, took, err)
				}
			})
		})
	}
}

// TestPaced_slowUpstream: time in which the upstream does not read is not counted against
// the client.
func TestPaced_slowUpstream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		p := newPaced(piped{httptest.NewRecorder(), r}, r, usualPace)
		go fmt.Fprint(w, "ab")
		for range 2 {
			time.Sleep(2 * time.Hour)
			if n, err := p.Read(make([]byte, 1)); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		p.Close()
		time.Sleep(2 * time.Hour)
		if p.ended() {
			t.Error("a body that is closed is late")
		}
	})
}

func TestForward_pace(t *testing.T) {
	for user, want := range map[string]pace{"": anonymousPace, "anna": usualPace} {
		f := forward{decision: core.Decision{Identity: api.Identity{Subject: user}}}
		if got := f.pace(); got != want {
			t.Errorf("%q: %v, want %v", user, got, want)
		}
	}
}
