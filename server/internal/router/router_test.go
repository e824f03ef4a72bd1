package router

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

func TestMain(m *testing.M) {
	Quiet()
	os.Exit(m.Run())
}

// says returns a handler that responds with a name and what it reads of the request.
func says(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprintf(w, "%s %s %s %d %v", name, r.Method, r.RequestURI, n, err != nil)
	})
}

func serve(t *testing.T, c Config) *httptest.Server {
	t.Helper()
	if c.Next == nil {
		c.Next = says("next")
	}
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// raw sends the bytes unchanged and returns the response.
func raw(t *testing.T, s *httptest.Server, text string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(conn, text) // a server may answer before it has read all
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	body, _ := io.ReadAll(res.Body) // may be truncated by the test
	return res, string(body)
}

func TestRouter_whose(t *testing.T) {
	s := serve(t, Config{BodyBytes: 8, Endpoints: []Endpoint{
		{Method: "GET", Path: "/own", Handler: says("own")},
		{Path: "/any", Handler: says("any")},
		{Host: "shop.example", Path: "/any", Handler: says("shop")},
		{Path: "/spelled", Handler: says("spelled"), Match: func(r *http.Request) bool { return r.URL.Query().Get("route") == "spelled" }},
		{Host: "shop.example", Path: "/spelt", Handler: says("spelt"), Match: func(r *http.Request) bool { return r.URL.Query().Get("route") == "spelled" }},
	}})
	for _, c := range []struct {
		line, host string
		status     int
		body       string // its beginning
	}{
		{"GET /own", "a", 200, "own GET /own"},
		{"GET /own?x=%2f", "a", 200, "own GET /own?x=%2f"},
		{"GET http://a/own", "a", 200, "own GET"},
		{"HEAD /own", "a", 200, ""},
		{"POST /own", "a", 405, `{"code":"method_not_allowed"`},
		{"BREW /own", "a", 405, `{"code":"method_not_allowed"`},
		{"PUT /any", "a", 200, "any PUT"},
		{"BREW /any", "a", 405, `{"code"`},
		{"GET /any", "shop.example:81", 200, "shop GET"},
		{"GET /any", "SHOP.example", 200, "shop GET"},
		{"GET /own", "shop.example", 200, "own GET"},
		{"GET /?route=spelled", "a", 200, "spelled GET"},
		{"GET /?route=spelled", "shop.example", 200, "spelt GET"},
		{"GET /?route=other", "a", 200, "next GET"},
		// The router redirects, cleans and guesses nothing; the gateway gets all other
		// requests.
		{"GET /own/", "a", 200, "next GET /own/"},
		{"GET /OWN", "a", 200, "next GET /OWN"},
		{"GET //own", "a", 200, "next GET //own"},
		{"GET /x/../own", "a", 200, "next GET /x/../own"},
		{"GET /x/..%2fown", "a", 200, "next GET /x/..%2fown"},
		{"GET /own;x", "a", 200, "next GET /own;x"},
		{"GET /own%00", "a", 200, "next GET /own%00"},
		{"GET /own", "a_b!", 200, "next GET /own"},
		{"OPTIONS *", "a", 200, "OPTIONS"},
	} {
		res, body := raw(t, s, c.line+" HTTP/1.1\r\nHost: "+c.host+"\r\nConnection: close\r\nX-Forwarded-Host: shop.example\r\nX-Original-URL: /own\r\n\r\n")
		if c.line == "OPTIONS *" {
			if res.StatusCode != 200 {
				t.Errorf("%s: got %d, want status 200", c.line, res.StatusCode)
			}
			continue
		}
		if res.StatusCode != c.status || !strings.HasPrefix(body, c.body) {
			t.Errorf("%s at %s: %d %q; want %d %q", c.line, c.host, res.StatusCode, body, c.status, c.body)
		}
		if c.status == 405 && c.line != "BREW /any" && res.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: Allow is %q, want GET, HEAD", c.line, res.Header.Get("Allow"))
		}
		if loc := res.Header.Get("Location"); loc != "" {
			t.Errorf("%s: redirected to %s", c.line, loc)
		}
	}
}

func TestRouter_body(t *testing.T) {
	s := serve(t, Config{BodyBytes: 8, Endpoints: []Endpoint{{Path: "/own", Handler: says("own")}}})
	const head = "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
	for _, c := range []struct{ path, rest, want string }{
		{"/own", "Content-Length: 8\r\n\r\n12345678", "own POST /own 8 false"},
		{"/own", "Content-Length: 9\r\n\r\n123456789", `{"code":"too_large"`},
		{"/own", "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n", "own POST /own 8 true"},
		{"/else", "Content-Length: 9\r\n\r\n123456789", "next POST /else 9 false"},
	} {
		if _, body := raw(t, s, fmt.Sprintf(head, c.path)+c.rest); !strings.HasPrefix(body, c.want) {
			t.Errorf("%s %q: %q, want %q", c.path, c.rest, body, c.want)
		}
	}
}

func TestRouter_panic(t *testing.T) {
	var log bytes.Buffer
	fall := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Half", "done")
		if r.URL.Path == "/late" {
			io.WriteString(w, "half")
			http.NewResponseController(w).Flush()
		}
		panic("the secret sauce")
	})
	s := serve(t, Config{Next: fall, Logger: slog.New(slog.NewTextHandler(&log, nil)), Endpoints: []Endpoint{{Path: "/own", Handler: fall}}})
	for _, path := range []string{"/own", "/next"} {
		res, body := raw(t, s, "GET "+path+" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		var got struct{ Code string }
		if err := json.Unmarshal([]byte(body), &got); err != nil || res.StatusCode != 500 || got.Code != "internal" || res.Header.Get("X-Half") != "" {
			t.Errorf("%s: %d %v %q; want a 500 of its own", path, res.StatusCode, res.Header, body)
		}
		if strings.Contains(body, "sauce") || !strings.Contains(log.String(), "the secret sauce") {
			t.Errorf("%s: the cause belongs into the log alone: %q", path, body)
		}
	}
	res, err := http.Get(s.URL + "/late")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("an answer that breaks in the middle ends as if it were whole: %q", body)
	}
}

// TestRouter_streams passes a stream and an upgrade, which need net/http's own
// connection.
func TestRouter_streams(t *testing.T) {
	goOn := make(chan bool)
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if r.URL.Path == "/hijack" {
			conn, _, err := c.Hijack()
			if err != nil {
				t.Errorf("hijack: %v", err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 299 Mine\r\nContent-Length: 0\r\n\r\n")
			return
		}
		io.WriteString(w, "one\n")
		if err := c.Flush(); err != nil {
			t.Errorf("flush: %v", err)
		}
		<-goOn
		io.WriteString(w, "two\n")
	})
	s := serve(t, Config{Next: next, Endpoints: []Endpoint{{Path: "/own", Handler: says("own")}}})
	res, err := http.Get(s.URL + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	r := bufio.NewReader(res.Body)
	if line, err := r.ReadString('\n'); line != "one\n" {
		t.Errorf("before the end: got %q, %v; want %q", line, err, "one\n")
	}
	goOn <- true
	if line, _ := r.ReadString('\n'); line != "two\n" {
		t.Errorf("then: got %q, want %q", line, "two\n")
	}
	if res, _ := raw(t, s, "GET /hijack HTTP/1.1\r\nHost: a\r\n\r\n"); res.StatusCode != 299 {
		t.Errorf("hijacked: got %d, want status 299", res.StatusCode)
	}
}

func TestRouter_logNoSecrets(t *testing.T) {
	var log bytes.Buffer
	s := serve(t, Config{
		Logger:    slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Endpoints: []Endpoint{{Path: "/own", Handler: says("own")}},
	})
	for _, path := range []string{"/own", "/next"} {
		raw(t, s, "POST "+path+"?token=hush HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer hush\r\nX-API-Key: hush\r\nCookie: hush\r\nContent-Length: 4\r\n\r\nhush")
		if text := log.String(); !strings.Contains(text, "path="+path) || !strings.Contains(text, "status=200") || strings.Contains(text, "hush") {
			t.Errorf("log: %s", text)
		}
	}
}

func TestNew_refuses(t *testing.T) {
	for _, list := range [][]Endpoint{
		{{Method: "GET", Path: "/a"}, {Method: "GET", Path: "/a"}},
		{{Path: "/a"}, {Method: "GET", Path: "/a"}},
		{{Method: "GET", Path: "/a"}, {Path: "/a"}},
		{{Path: "/:a"}},
		{{Path: "/a/*b"}},
		{{Path: "a"}},
	} {
		if _, err := New(Config{Endpoints: list, Next: says("next")}); err == nil {
			t.Errorf("New takes %v", list)
		}
	}
}

// TestNew_leavesMode: gin's mode is not changed, since the program may use gin itself.
func TestNew_leavesMode(t *testing.T) {
	before := gin.Mode()
	defer gin.SetMode(before)
	gin.SetMode(gin.TestMode)
	if _, err := New(Config{Next: says("next"), Endpoints: []Endpoint{{Path: "/a", Handler: says("a")}}}); err != nil {
		t.Fatal(err)
	}
	if gin.Mode() != gin.TestMode {
		t.Errorf("New has set the mode %s", gin.Mode())
	}
}
