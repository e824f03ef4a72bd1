package guard_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/guard"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// signature is a method of a third party: Authorization: Sum HEX, with the SHA-256 of the
// body.
type signature struct{}

func (signature) Open(string, core.Deps) (core.Method, error) { return signature{}, nil }
func (signature) Name() string                                { return "sum" }
func (signature) Kinds() []api.Kind                           { return []api.Kind{"sum"} }
func (signature) BodyDigest() crypto.Hash                     { return crypto.SHA256 }

func (signature) Authenticate(_ context.Context, a api.Attempt) (api.Identity, error) {
	if a.Credential.Text != hex.EncodeToString(a.BodyDigest) {
		return api.Identity{}, api.E(api.Unauthenticated, "bad_signature", "the signature is wrong")
	}
	return api.Identity{Subject: "sum:anna", Login: "anna", Roles: []string{"editor"}}, nil
}

func newSigned(t *testing.T, log ...io.Writer) *core.Engine {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(io.MultiWriter(log...), nil))
	e, err := core.New(t.Context(), core.Config{Logger: logger, Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "sum", Opener: signature{}}},
		Rules:   []route.Rule{{Name: "public", Path: "/public", Access: route.Public}, {Name: "all", Path: "/**"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func signed(path, text string, body io.Reader) *http.Request {
	r := httptest.NewRequest("POST", path, body)
	sum := sha256.Sum256([]byte(text))
	r.Header.Set("Authorization", "Sum "+hex.EncodeToString(sum[:]))
	return r
}

// echo returns the beginning of the body.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	id, _ := guard.Identity(r.Context())
	fmt.Fprint(w, id.Login, " ", len(text), " ", string(text[:min(len(text), 20)]), err)
})

// TestHandler_bodyDigest: a signature that covers the body passes with this body only,
// which the handler reads unchanged, below any number of guards.
func TestHandler_bodyDigest(t *testing.T) {
	e := newSigned(t)
	g := guard.New(guard.Config{Engine: e})
	large := strings.Repeat("x", httpauth.MaxDigested)
	for name, h := range map[string]http.Handler{
		"handler": g.Handler(echo), "require": g.Handler(g.Require("editor")(echo)),
		"another guard below": g.Handler(guard.New(guard.Config{Engine: e}).Handler(echo)),
		"another engine":      g.Handler(guard.New(guard.Config{Engine: newSigned(t)}).Handler(echo)),
	} {
		for _, c := range []struct {
			name   string
			r      *http.Request
			status int
			want   string
		}{
			{"good", signed("/x", "a=1", strings.NewReader("a=1")), 200, "anna 3 a=1<nil>"},
			{"empty", signed("/x", "", nil), 200, "anna 0 <nil>"},
			{"of unknown length", signed("/x", "a=1", iotest.OneByteReader(strings.NewReader("a=1"))), 200, "anna 3 a=1<nil>"},
			{"changed", signed("/x", "a=1", strings.NewReader("a=2")), 401, "bad_signature"},
			{"as large as may be", signed("/x", large, strings.NewReader(large)), 200, "anna 1048576 xxxxxxxxxxxxxxxxxxxx<nil>"},
			{"too large", signed("/x", large+"x", strings.NewReader(large+"x")), 413, "too_large"},
			{"too large, of unknown length", signed("/x", large+"x", io.MultiReader(strings.NewReader(large), strings.NewReader("x"))), 413, "too_large"},
			{"broken off", signed("/x", "a", io.MultiReader(strings.NewReader("a"), iotest.ErrReader(io.ErrUnexpectedEOF))), 400, "bad_body"},
			{"public", signed("/public", "a=1", strings.NewReader("a=2")), 200, " 3 a=2<nil>"},
		} {
			if c.name == "public" && name == "require" {
				continue
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, c.r)
			if body := w.Body.String(); w.Code != c.status || !strings.Contains(body, c.want) {
				t.Errorf("%s, %s: got %d %.200s, want %d %s", name, c.name, w.Code, body, c.status, c.want)
			}
		}
	}
}

// TestHandler_bodyUnread: if no method needs the body, it is not read.
func TestHandler_bodyUnread(t *testing.T) {
	read := watchedReader{func() { t.Error("the body was read") }}
	h := guard.New(guard.Config{Engine: newEngine(t, nil)}).Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, path := range []string{"/x", "/public/x"} {
		r := request("POST", path, "anna", "correct-horse")
		r.Body, r.ContentLength = io.NopCloser(read), -1
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s: got %d %s, want status %d", path, w.Code, w.Body, http.StatusOK)
		}
	}
}

// watchedReader tells when it is read.
type watchedReader struct{ told func() }

func (r watchedReader) Read([]byte) (int, error) {
	r.told()
	return 0, io.EOF
}

// TestDecide_bodyDigest: the request keeps its body for the caller.
func TestDecide_bodyDigest(t *testing.T) {
	r := signed("/x", "a=1", strings.NewReader("a=1"))
	if d := guard.New(guard.Config{Engine: newSigned(t)}).Decide(r); d.Outcome != core.Allowed {
		t.Fatalf("Decide: got %v, want allowed", d.Err)
	}
	if text, err := io.ReadAll(r.Body); string(text) != "a=1" || err != nil {
		t.Errorf("the body is %q, %v", text, err)
	}
}

// TestHandler_bodyPace: whoever sends a body slowly is refused before the decision, and
// holds neither the handler nor the connection.
func TestHandler_bodyPace(t *testing.T) {
	g := guard.New(guard.Config{Engine: newSigned(t)})
	for _, tc := range []struct {
		name   string
		h      http.Handler
		piece  string
		every  time.Duration
		pieces int
		want   string
		atMost time.Duration
	}{
		{"at rate", g.Handler(echo), strings.Repeat("x", 4<<10), time.Second, 60, "200", time.Minute},
		{"late, but in time", g.Handler(echo), "x", 9 * time.Second, 1, "200", 9 * time.Second},
		{"nothing comes", g.Handler(echo), "", time.Hour, 1, "400", 11 * time.Second},
		{"nothing comes, require", g.Require("editor")(echo), "", time.Hour, 1, "400", 11 * time.Second},
		{"a byte a second", g.Handler(echo), "x", time.Second, 1000, "400", 11 * time.Second},
		{"110 bytes a second", g.Handler(echo), strings.Repeat("x", 110), time.Second, 1000, "400", 11 * time.Second},
		{"stops after a fast start", g.Handler(echo), strings.Repeat("x", 1<<19), 15 * time.Second, 1, "400", 26 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, conn := net.Pipe()
				s := &http.Server{Handler: tc.h}
				go s.Serve(&oneConn{conn: conn})
				defer s.Close()
				begin, sent := time.Now(), make(chan bool)
				go func() {
					defer close(sent)
					sendSlowly(client, tc.piece, tc.every, tc.pieces)
				}()
				defer func() { <-sent }()
				defer client.Close()
				status, err := bufio.NewReader(client).ReadString('\n')
				if took := time.Since(begin); err != nil || !strings.Contains(status, " "+tc.want+" ") || took > tc.atMost {
					t.Errorf("got %q, %v after %s; want %s within %s", status, err, took, tc.want, tc.atMost)
				}
			})
		})
	}
}

func sendSlowly(c net.Conn, piece string, every time.Duration, pieces int) {
	sum := sha256.Sum256([]byte(strings.Repeat(piece, pieces)))
	fmt.Fprintf(c, "POST /x HTTP/1.1\r\nHost: a\r\nAuthorization: Sum %x\r\nContent-Length: %d\r\n\r\n", sum, max(1, len(piece)*pieces))
	for range pieces {
		time.Sleep(every)
		if _, err := io.WriteString(c, piece); err != nil {
			return
		}
	}
}

// oneConn is a listener with one connection.
type oneConn struct {
	net.Listener
	conn net.Conn
	done chan bool
}

func (l *oneConn) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn, l.done = nil, make(chan bool)
		return c, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error {
	close(l.done)
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// TestHandler_bodyMemory: the bodies of one peer take a bounded part of the memory, and a
// refusal or an answer gives it back.
func TestHandler_bodyMemory(t *testing.T) {
	g := guard.New(guard.Config{Engine: newSigned(t)})
	large := strings.Repeat("x", httpauth.MaxDigested)
	statuses := map[int]int{}
	var at func(n int) http.Handler
	at = func(n int) http.Handler { // n more requests while the others are answered
		return g.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			if n > 0 {
				w := httptest.NewRecorder()
				at(n-1).ServeHTTP(w, signed("/x", large, strings.NewReader(large)))
				statuses[w.Code]++
			}
		}))
	}
	for range 2 {
		clear(statuses)
		at(20).ServeHTTP(httptest.NewRecorder(), signed("/x", large, strings.NewReader(large)))
		if statuses[200] != 3 || statuses[503] != 1 {
			t.Errorf("got the statuses %v, want three 200 and one 503", statuses)
		}
	}
}

// opaque is the writer of middleware that hides the connection.
type opaque struct{ http.ResponseWriter }

// wrapped is one that shows it.
type wrapped struct{ opaque }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// TestHandler_bodyUntimed: if bodies can be read without any time limit, the guard says so
// once.
func TestHandler_bodyUntimed(t *testing.T) {
	for _, tc := range []struct {
		name    string
		wrap    func(http.ResponseWriter) http.ResponseWriter
		timeout time.Duration // of the server
		lines   int
	}{
		{"nothing around it", func(w http.ResponseWriter) http.ResponseWriter { return w }, 0, 0},
		{"with Unwrap", func(w http.ResponseWriter) http.ResponseWriter { return wrapped{opaque{w}} }, 0, 0},
		{"without", func(w http.ResponseWriter) http.ResponseWriter { return opaque{w} }, 0, 1},
		{"without, below one with", func(w http.ResponseWriter) http.ResponseWriter { return wrapped{opaque{opaque{w}}} }, 0, 1},
		{"without, and the server has a limit", func(w http.ResponseWriter) http.ResponseWriter { return opaque{w} }, time.Minute, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var log bytes.Buffer
			h := guard.New(guard.Config{Engine: newSigned(t, &log)}).Handler(echo)
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(tc.wrap(w), r) }))
			s.Config.ReadTimeout = tc.timeout
			s.Start()
			for range 2 {
				r := signed("/x", "a=1", strings.NewReader("a=1"))
				r.RequestURI = ""
				r.URL.Scheme, r.URL.Host = "http", s.Listener.Addr().String()
				res, err := s.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				if res.StatusCode != http.StatusOK {
					t.Errorf("got %s", res.Status)
				}
			}
			s.Close()
			if n := strings.Count(log.String(), "without a time limit"); n != tc.lines {
				t.Errorf("%d lines, want %d: %s", n, tc.lines, log.String())
			}
		})
	}
}
