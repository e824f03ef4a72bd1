package gateway

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// pieces is a reader that returns a number of bytes at a time.
type pieces struct {
	io.Reader
	size int
}

func (p pieces) Read(b []byte) (int, error) { return p.Reader.Read(b[:min(len(b), p.size)]) }

// TestBody_limit: a body may have exactly as many bytes as the limit, in pieces of any
// size.
func TestBody_limit(t *testing.T) {
	for _, tc := range []struct {
		left  int64
		whole bool
	}{{10, true}, {9, false}, {0, false}, {11, true}, {-1, true}} {
		for _, piece := range []int{1, 3, 10, 100} {
			var broken atomic.Pointer[error]
			b := &body{ReadCloser: io.NopCloser(pieces{strings.NewReader("0123456789"), piece}), left: tc.left, broken: &broken}
			got, err := io.ReadAll(b)
			if (err == nil) != tc.whole || err != nil && !errors.Is(err, errTooLarge) || tc.whole && string(got) != "0123456789" || !tc.whole && int64(len(got)) > tc.left {
				t.Errorf("%d left, pieces of %d: got %q, %v", tc.left, piece, got, err)
			}
			if noted := broken.Load(); (noted != nil) == tc.whole || noted != nil && *noted != errTooLarge {
				t.Errorf("%d left, pieces of %d: noted %v", tc.left, piece, noted)
			}
		}
	}
	cause := errors.New("reset")
	var broken atomic.Pointer[error]
	b := &body{ReadCloser: io.NopCloser(iotest.ErrReader(cause)), left: -1, broken: &broken}
	if _, err := b.Read(nil); err != cause || broken.Load() == nil || *broken.Load() != cause {
		t.Errorf("got %v, noted %v", err, broken.Load())
	}
}

// TestFailBody tests the response to a client's mistake; the rest of the body is not read.
func TestFailBody(t *testing.T) {
	for err, want := range map[error]string{
		errTooLarge: `413 {"code":"too_large"`, api.E(api.Invalid, api.ReasonBadPath, "a route"): `400 {"code":"bad_path"`, errors.New("reset"): `400 {"code":"bad_body"`, timeoutError{}: `408 {"code":"slow_body"`,
	} {
		for _, read := range []bool{false, true} {
			w := httptest.NewRecorder()
			(&forward{read: read}).failBody(w, err)
			if got := strings.TrimSpace(w.Result().Status[:3] + " " + w.Body.String()); !strings.HasPrefix(got, want) || (w.Header().Get("Connection") == "close") == read {
				t.Errorf("%v, read %v: got %s, %v", err, read, got, w.Header())
			}
		}
	}
}

type timeoutError struct{ error }

func (timeoutError) Timeout() bool { return true }

// TestBuffer_fill: a body that fits is read completely, one that is too long in part, and a
// broken one fails; memory is released.
func TestBuffer_fill(t *testing.T) {
	cause := errors.New("reset")
	for _, tc := range []struct {
		size   int
		length int64
		whole  bool
	}{{0, 0, true}, {1, 1, true}, {100, 100, true}, {100, -1, true}, {firstBuffer, firstBuffer, true}, {firstBuffer + 1, -1, true}, {maxBuffered, maxBuffered, true}, {maxBuffered, -1, true}, {maxBuffered + 1, maxBuffered + 1, false}, {3 * maxBuffered, -1, false}} {
		for _, piece := range []int{7, 1 << 20} {
			sent := bytes.Repeat([]byte("0123456789abcdef"), tc.size/16+1)[:tc.size]
			bodies := httpauth.NewBodies(0, 0)
			b := newBuffer(bodies)
			body := pieces{bytes.NewReader(sent), piece}
			err := b.fill(body, tc.length)
			rest, _ := io.ReadAll(body)
			if err != nil || b.whole != tc.whole || !bytes.Equal(append(bytes.Clone(b.text), rest...), sent) || tc.whole && len(rest) > 0 {
				t.Errorf("%d bytes, Content-Length %d, in pieces of %d: %d held, whole %v, %v", tc.size, tc.length, piece, len(b.text), b.whole, err)
			}
			if got := bodies.Taken(); got != int64(cap(b.text)) || got > maxBuffered+1 || tc.size == 1 && tc.length == 1 && got > 16 {
				t.Errorf("%d bytes, Content-Length %d: %d of the budget for %d", tc.size, tc.length, got, cap(b.text))
			}
			if b.held.Release(); bodies.Taken() != 0 {
				t.Errorf("%d bytes are not given back", bodies.Taken())
			}
		}
	}
	b := newBuffer(httpauth.NewBodies(0, 0))
	if err := b.fill(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(cause)), -1); err != cause || b.whole {
		t.Errorf("got %v, whole %v", err, b.whole)
	}
	full := httpauth.NewBodies(20, 0)
	if b = newBuffer(full); b.fill(strings.NewReader("abc"), -1) != nil || b.whole || full.Taken() != 0 {
		t.Errorf("without memory: whole %v, %d taken", b.whole, full.Taken())
	}
	if b = newBuffer(full); b.fill(strings.NewReader("abc"), 3) != nil || !b.whole {
		t.Error("a small body does not fit into the rest of the memory")
	}
}

// TestBufferBody tests which bodies are read before the request is sent to the upstream.
func TestBufferBody(t *testing.T) {
	for _, tc := range []struct {
		name   string
		stream bool
		proto  int
		length int64
		body   io.ReadCloser
		read   bool // to its end
	}{
		{"small", false, 1, 3, io.NopCloser(strings.NewReader("abc")), true}, {"of unknown length", false, 1, -1, io.NopCloser(strings.NewReader("abc")), true}, {"streamed", true, 1, 3, io.NopCloser(strings.NewReader("abc")), false},
		{"over HTTP/2", false, 2, 3, io.NopCloser(strings.NewReader("abc")), true}, {"over HTTP/2, of unknown length", false, 2, -1, io.NopCloser(strings.NewReader("abc")), false}, {"over HTTP/2, of nobody", false, 2, -1, io.NopCloser(strings.NewReader("abc")), true}, {"none", false, 1, 0, http.NoBody, true}, {"nil", false, 1, 0, nil, true}, {"none, streamed", true, 1, 0, http.NoBody, true},
	} {
		in := &http.Request{ProtoMajor: tc.proto, ContentLength: tc.length, Body: tc.body}
		f := &forward{gateway: &Gateway{bodies: httpauth.NewBodies(0, 0)}, in: in, decision: core.Decision{Rule: &route.Rule{StreamBody: tc.stream}}}
		f.held = f.gateway.bodies.Hold(httpauth.Trust{}, netip.Addr{})
		if !strings.Contains(tc.name, "nobody") {
			f.decision.Identity.Subject = "u"
		}
		held, err := f.bufferBody(httptest.NewRecorder())
		if err != nil || f.read != tc.read || held == nil {
			t.Errorf("%s: read %v, %v", tc.name, f.read, err)
		}
		if tc.body == nil || tc.body == http.NoBody {
			continue
		}
		if text, err := io.ReadAll(f.in.Body); err != nil || string(text) != "abc" {
			t.Errorf("%s: the upstream gets %q, %v", tc.name, text, err)
		}
		if in.Body != tc.body {
			t.Errorf("%s: the client's request was changed", tc.name)
		}
	}
	cause := errors.New("reset")
	f := &forward{gateway: &Gateway{bodies: httpauth.NewBodies(0, 0)}, in: &http.Request{ContentLength: 3, Body: io.NopCloser(iotest.ErrReader(cause))}, decision: core.Decision{Rule: &route.Rule{}}}
	f.held = f.gateway.bodies.Hold(httpauth.Trust{}, netip.Addr{})
	if _, err := f.bufferBody(httptest.NewRecorder()); err != cause || f.read {
		t.Errorf("got %v, read %v", err, f.read)
	}
	long := &forward{gateway: &Gateway{bodies: httpauth.NewBodies(0, 0)}, in: &http.Request{ContentLength: -1, Body: io.NopCloser(strings.NewReader(strings.Repeat("a", 2*maxBuffered)))}, decision: core.Decision{Rule: &route.Rule{}}}
	long.held = long.gateway.bodies.Hold(httpauth.Trust{}, netip.Addr{})
	if _, err := long.bufferBody(httptest.NewRecorder()); err != nil || long.read {
		t.Errorf("a long body: read %v, %v", long.read, err)
	}
	if p, ok := long.in.Body.(*buffer).ReadCloser.(*paced); !ok {
		t.Errorf("the rest of a long body has no pace: %T", p)
	}
	if text, err := io.ReadAll(long.in.Body); len(text) != 2*maxBuffered || err != nil {
		t.Errorf("the upstream gets %d bytes, %v", len(text), err)
	}
}

// TestPaced_errors: a late body has its own error; other errors and the end are passed
// on.
func TestPaced_errors(t *testing.T) {
	cause := errors.New("reset")
	for _, late := range []bool{false, true} {
		for _, err := range []error{cause, io.EOF} {
			closes := &closing{Reader: iotest.ErrReader(err)}
			p := newPaced(httptest.NewRecorder(), closes, usualPace)
			closes.during = func() { p.late = late }
			want := err
			if late && err != io.EOF {
				want = errDeadline
			}
			if _, got := p.Read(make([]byte, 9)); got != want {
				t.Errorf("late %v: got %v, want %v", late, got, want)
			}
			if _, got := p.Read(make([]byte, 9)); late && got != errDeadline {
				t.Errorf("once late: got %v", got)
			}
			if got := p.Close(); got != errClosing || !p.done || !closes.closed {
				t.Errorf("closed: %v, done %v", got, p.done)
			}
		}
	}
	p := newPaced(httptest.NewRecorder(), &closing{Reader: strings.NewReader("")}, usualPace)
	p.Close()
	if p.interrupt(); !p.late {
		t.Error("an interrupt after the end is not noted")
	}
	p = newPaced(httptest.NewRecorder(), io.NopCloser(strings.NewReader(strings.Repeat("a", 1<<20))), usualPace)
	if n, err := p.Read(make([]byte, 1<<20)); err != nil || n != 1<<20 || p.credit > paceMost || p.credit < paceMost-time.Second {
		t.Errorf("after a fast start the credit is %v", p.credit)
	}
}

var (
	errClosing  = errors.New("closing")
	errDeadline = (&paced{late: true}).lateError()
)

func (p *paced) lateError() error { _, err := p.Read(nil); return err }

// closing is a body that calls a function while it is read.
type closing struct {
	io.Reader
	during func()
	closed bool
}

func (c *closing) Read(p []byte) (int, error) {
	if c.during != nil {
		c.during()
	}
	return c.Reader.Read(p)
}

func (c *closing) Close() error { c.closed = true; return errClosing }

// TestStripCookies_header: if no cookie is left, the header is removed.
func TestStripCookies_header(t *testing.T) {
	refresh := "cdr_" + strings.Repeat("0", 22) + "_" + strings.Repeat("0", 43) + "_" + strings.Repeat("0", 6)
	for sent, want := range map[string]string{"a=b": "a=b", "r=" + refresh: "", "a=b; r=" + refresh: "a=b", "r=" + refresh + "; a=b": "a=b", "r=" + refresh + "; s=" + refresh: ""} {
		h := http.Header{"Cookie": {sent}}
		stripCookies(h)
		if _, there := h["Cookie"]; h.Get("Cookie") != want || there != (want != "") {
			t.Errorf("stripCookies(%s): got %v, want Cookie %q", sent, h, want)
		}
	}
	h := http.Header{}
	if stripCookies(h); len(h) > 0 {
		t.Errorf("got %v, want none", h)
	}
}

// TestDemo_answers: the content of the response, and that it must not be cached.
func TestDemo_answers(t *testing.T) {
	w := httptest.NewRecorder()
	Demo().ServeHTTP(w, httptest.NewRequest("POST", "/a?b=<c>", strings.NewReader("12345")))
	if h := w.Header(); h.Get("Content-Type") != "application/json; charset=utf-8" || h.Get("Cache-Control") != "no-store" || !strings.Contains(w.Body.String(), `"target":"/a?b=<c>"`) || !strings.Contains(w.Body.String(), `"body_bytes":5`) {
		t.Errorf("got %v %s, want JSON that is not stored, with the target", h, w.Body)
	}
	w = httptest.NewRecorder()
	Demo().ServeHTTP(w, httptest.NewRequest("POST", "/", iotest.ErrReader(errors.New("reset"))))
	if w.Code != 400 || !strings.Contains(w.Body.String(), "bad_body") {
		t.Errorf("got %d %s, want status 400 and text with %q", w.Code, w.Body, "bad_body")
	}
}
