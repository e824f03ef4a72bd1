package gateway

import (
	"bufio"
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
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
	return api.Identity{Subject: "sum:alice", Login: "alice"}, nil
}

func newSigned(t *testing.T, change func(*Config)) (gateway string, got func() []string) {
	t.Helper()
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "sum", Opener: signature{}}},
		Rules: []route.Rule{
			{Name: "public", Path: "/public", Access: route.Public}, {Name: "all", Path: "/**"},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	bodies := make(chan string, 10)
	upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		bodies <- fmt.Sprint(r.ContentLength, " ", len(text), " ", string(text[:min(len(text), 20)]), err)
	}))
	t.Cleanup(upstream.Close)
	return "http://" + serve(t, e, upstream.URL, change), func() (list []string) {
		for len(bodies) > 0 {
			list = append(list, <-bodies)
		}
		return list
	}
}

// TestServe_bodyDigest: a signature that covers the body passes with this body only, which
// the upstream gets unchanged.
func TestServe_bodyDigest(t *testing.T) {
	gateway, got := newSigned(t, nil)
	large := strings.Repeat("x", httpauth.MaxDigested)
	for _, c := range []struct {
		name, path, signed, sent string
		chunked                  bool
		status                   int
		code, upstream           string
	}{
		{"good", "/x", "a=1&b=2", "a=1&b=2", false, 200, "", "7 7 a=1&b=2<nil>"},
		{"good, of unknown length", "/x", "a=1&b=2", "a=1&b=2", true, 200, "", "-1 7 a=1&b=2<nil>"},
		{"empty", "/x", "", "", false, 200, "", "0 0 <nil>"},
		{"changed", "/x", "a=1&b=2", "a=1&b=3", false, 401, "bad_signature", ""},
		{"longer", "/x", "a=1&b=2", "a=1&b=2 ", true, 401, "bad_signature", ""},
		{"as large as may be", "/x", large, large, true, 200, "", "-1 1048576 xxxxxxxxxxxxxxxxxxxx<nil>"},
		{"too large", "/x", large + "x", large + "x", false, 413, "too_large", ""},
		{"too large, of unknown length", "/x", large + "x", large + "x", true, 413, "too_large", ""},
		{"too large, where nobody asks", "/public", "", large + "x", false, 200, "", "1048577 1048577 xxxxxxxxxxxxxxxxxxxx<nil>"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", gateway+c.path, strings.NewReader(c.sent))
		if err != nil {
			t.Fatal(err)
		}
		if c.chunked {
			r.ContentLength = -1
		}
		sum := sha256.Sum256([]byte(c.signed))
		r.Header.Set("Authorization", "Sum "+hex.EncodeToString(sum[:]))
		w, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		text, _ := io.ReadAll(w.Body)
		w.Body.Close()
		if w.StatusCode != c.status || !strings.Contains(string(text), c.code) {
			t.Errorf("%s: got %d %s, want %d %s", c.name, w.StatusCode, text, c.status, c.code)
		}
		if list := strings.Join(got(), ", "); list != c.upstream {
			t.Errorf("%s: the upstream got %q, want %q", c.name, list, c.upstream)
		}
	}
}

// TestServe_bodyDigestNoRoom: a body for which there is no memory is a 503.
func TestServe_bodyDigestNoRoom(t *testing.T) {
	bodies := httpauth.NewBodies(0, 0)
	full := bodies.Hold(httpauth.Trust{}, netip.Addr{})
	for full.Take(1<<20) == nil {
	}
	defer full.Release()
	gateway, got := newSigned(t, func(c *Config) { c.Bodies = bodies })
	sum := sha256.Sum256([]byte(strings.Repeat("x", 100_000)))
	r, err := http.NewRequestWithContext(t.Context(), "POST", gateway+"/x", strings.NewReader(strings.Repeat("x", 100_000)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Sum "+hex.EncodeToString(sum[:]))
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	if w.StatusCode != http.StatusServiceUnavailable || w.Header.Get("Retry-After") == "" || len(got()) > 0 {
		t.Errorf("got %d, want 503 with Retry-After", w.StatusCode)
	}
}

// TestServe_bodyDigestBrokenOff: a truncated body is refused, even if its digest matches.
func TestServe_bodyDigestBrokenOff(t *testing.T) {
	gateway, got := newSigned(t, nil)
	conn, err := net.Dial("tcp", strings.TrimPrefix(gateway, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	sum := sha256.Sum256([]byte("half"))
	raw := "POST /x HTTP/1.1\r\nHost: h\r\nAuthorization: Sum " + hex.EncodeToString(sum[:]) + "\r\nContent-Length: 10\r\n\r\nhalf"
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if a := readAnswers(t, bufio.NewReader(conn), raw, 1)[0]; a.status != http.StatusBadRequest || !strings.Contains(a.body, "bad_body") {
		t.Errorf("got %d %s, want 400 bad_body", a.status, a.body)
	}
	if list := got(); len(list) > 0 {
		t.Errorf("the upstream got %q, want none", list)
	}
}
