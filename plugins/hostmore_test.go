package plugins_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// granted returns all() with the grants that imports need.
func granted(http ...manifest.HTTPGrant) manifest.Grants {
	g := all()
	g.KV, g.Secrets, g.HTTP = true, []string{"token"}, http
	return g
}

// outcome runs a hook that stores each call's result as lifetime, and returns the last one.
func outcome(t *testing.T, cfg plugins.Config, spec plugins.Spec, imports []string, call func(g *guest) []byte) string {
	t.Helper()
	g := newGuest(imports...)
	g.hook("auth-expire", g.callWithResult("lifetime", call(g)), asm.I32(0))
	spec.Module, spec.Name = g.Bytes(), "test"
	got, err := bind(t, load(t, cfg, spec), "auth-expire", plugins.Deny).Apply(context.Background(), newEvent())
	if err != nil {
		t.Fatal(err)
	}
	return got.text("lifetime")
}

func TestSecret(t *testing.T) {
	spec := plugins.Spec{Grants: granted(), Secrets: map[string]api.Secret{"token": "s3cr3t", "other": "x"}}
	for name, want := range map[string]string{"token": "6", "other": "-2", "none": "-2", "": "-3"} {
		got := outcome(t, plugins.Config{}, spec, []string{"secret_get"}, func(g *guest) []byte {
			return g.call("secret_get", g.text(name), asm.I32(0), asm.I32(64))
		})
		if got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestRandom(t *testing.T) {
	g := newGuest()
	// set the lifetime to four bytes of randomness
	g.hook("auth-expire", g.call("random", asm.I32(64), asm.I32(4)), asm.Op(asm.Drop),
		g.callWithResult("lifetime", asm.Cat(asm.I32(64), asm.Load())), asm.I32(0))
	p := load(t, plugins.Config{Rand: bytes.NewReader([]byte{7, 0, 0, 0})}, plugins.Spec{Module: g.Bytes(), Grants: all()})
	got, err := bind(t, p, "auth-expire", plugins.Deny).Apply(context.Background(), newEvent())
	if err != nil || got.text("lifetime") != "7" {
		t.Errorf("got lifetime %s, %v; want 7", got.text("lifetime"), err)
	}
	for n, want := range map[int32]string{abi.MaxRandom + 1: "-4", -1: "-4", 8: "-5"} {
		got := outcome(t, plugins.Config{Rand: bytes.NewReader(nil)}, plugins.Spec{Grants: all()}, nil, func(g *guest) []byte {
			return g.call("random", asm.I32(0), asm.I32(n))
		})
		if got != want {
			t.Errorf("%d bytes: %s, want %s", n, got, want)
		}
	}
}

func TestMetric(t *testing.T) {
	counted := map[string]int64{}
	cfg := plugins.Config{OnMetric: func(plugin, name string, n int64) { counted[plugin+" "+name] += n }}
	g := newGuest()
	var calls []byte
	for _, name := range []string{"seen", "seen", "Bad", "bad name", "9x", ""} {
		calls = asm.Cat(calls, g.call("metric_add", g.text(name), asm.I64(2)))
	}
	for n := range abi.MaxMetrics + 5 {
		calls = asm.Cat(calls, g.call("metric_add", g.text("m_"+strings.Repeat("x", n)), asm.I64(1)))
	}
	g.hook("auth-expire", calls, asm.I32(0))
	p := load(t, cfg, plugins.Spec{Module: g.Bytes(), Grants: all()})
	if _, err := bind(t, p, "auth-expire", plugins.Deny).Apply(context.Background(), newEvent()); err != nil {
		t.Fatal(err)
	}
	if counted["test seen"] != 4 || len(counted) != abi.MaxMetrics {
		t.Errorf("%d names, seen %d times; want %d and 4", len(counted), counted["test seen"], abi.MaxMetrics)
	}
}

// TestGetAll reads the records as a guest would.
func TestGetAll(t *testing.T) {
	g := newGuest()
	// write the records to 4096 and set the lifetime to their length; the log shows it
	g.hook("auth-expire",
		g.callWithResult("lifetime", g.call("get_all", g.text(""), asm.I32(4096), asm.I32(4096))),
		asm.I32(0))
	var dump []byte
	log := &strings.Builder{}
	p := load(t, plugins.Config{Logger: logTo(log)}, plugins.Spec{Module: g.Bytes(), Grants: manifest.Grants{
		Read: []string{"iat", "user.login", "user.roles"}, Write: []string{"lifetime"}, Allow: []string{abi.AllowExtend}}})
	got, err := bind(t, p, "auth-expire", plugins.Deny).Apply(context.Background(), newEvent())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		kind  byte
		key   string
		value []byte
	}{
		{abi.RecordInt, "iat", binary.LittleEndian.AppendUint64(nil, 1000000)},
		{abi.RecordInt, "lifetime", binary.LittleEndian.AppendUint64(nil, 604800)},
		{abi.RecordText, "user.login", []byte("ada")},
		{abi.RecordJSON, "user.roles", []byte(`["editor"]`)},
	} {
		dump = append(dump, r.kind, 0, byte(len(r.key)), 0, byte(len(r.value)), 0, 0, 0)
		dump = append(append(dump, r.key...), r.value...)
	}
	if n, _ := got.fields["lifetime"].Int(); n != int64(len(dump)) {
		t.Errorf("%d bytes, want %d", n, len(dump))
	}
}

func TestKV(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	kv := &plugins.MemoryKV{}
	cfg := plugins.Config{KV: kv, Now: func() time.Time { return now }}
	imports := []string{"kv_get", "kv_put", "kv_incr"}
	for _, test := range []struct {
		name string
		call func(g *guest) []byte
		want string
	}{
		{"absent", func(g *guest) []byte { return g.call("kv_get", g.text("k"), asm.I32(0), asm.I32(9)) }, "-1"},
		{"put", func(g *guest) []byte { return g.call("kv_put", g.text("k"), g.text("value"), asm.I32(10)) }, "0"},
		{"get", func(g *guest) []byte { return g.call("kv_get", g.text("k"), asm.I32(0), asm.I32(9)) }, "5"},
		{"no ttl", func(g *guest) []byte { return g.call("kv_put", g.text("k"), g.text("value"), asm.I32(0)) }, "-3"},
		{"long ttl", func(g *guest) []byte { return g.call("kv_put", g.text("k"), g.text("value"), asm.I32(abi.MaxTTL+1)) }, "-3"},
		{"large value", func(g *guest) []byte {
			return g.call("kv_put", g.text("k"), g.text(strings.Repeat("x", abi.MaxValue+1)), asm.I32(9))
		}, "-4"},
		{"over the quota", func(g *guest) []byte {
			return g.call("kv_put", g.text("m"), g.text(strings.Repeat("x", 200)), asm.I32(9))
		}, "-4"},
		{"incr", func(g *guest) []byte {
			return asm.Cat(g.call("kv_incr", g.text("n"), asm.I64(5), asm.I32(9), asm.I32(0)), asm.Op(asm.Wrap))
		}, "5"},
		{"incr again", func(g *guest) []byte {
			return asm.Cat(g.call("kv_incr", g.text("n"), asm.I64(-2), asm.I32(9), asm.I32(0)), asm.Op(asm.Wrap))
		}, "3"},
		{"incr what is not a number", func(g *guest) []byte {
			return asm.Cat(g.call("kv_incr", g.text("k"), asm.I64(1), asm.I32(9), asm.I32(0)), asm.Op(asm.Drop), asm.I32(0), asm.Load())
		}, "-3"},
	} {
		got := outcome(t, cfg, plugins.Spec{Grants: granted(), Limits: manifest.Limits{KVBytes: 100}}, imports, test.call)
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	now = now.Add(11 * time.Second)
	if _, err := kv.PluginGet(context.Background(), "test", "k", now); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("after its time: got %v, want error %q", err, api.ErrNotFound)
	}
	if _, err := kv.PluginGet(context.Background(), "other", "n", now.Add(-11*time.Second)); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("another plugin's: got %v, want error %q", err, api.ErrNotFound)
	}
}

// TestKV_sweeps: expired entries free their space.
func TestKV_sweeps(t *testing.T) {
	kv, now, q := &plugins.MemoryKV{}, time.Unix(0, 0), api.PluginQuota{Entries: 2, Bytes: 100}
	put := func(key string, now time.Time) error {
		return kv.PluginPut(context.Background(), api.PluginEntry{Plugin: "p", Key: key, Value: []byte("1"), Expires: now.Add(time.Second)}, now, q)
	}
	for _, key := range []string{"a", "b", "a"} {
		if err := put(key, now); err != nil {
			t.Fatal(err)
		}
	}
	if err := put("c", now); !errors.Is(err, api.ErrQuota) {
		t.Errorf("a third: got %v, want error %q", err, api.ErrQuota)
	}
	if err := put("c", now.Add(time.Second)); err != nil {
		t.Errorf("after the others' time: %v", err)
	}
	for _, by := range []int64{1<<63 - 1, 1} {
		_, err := kv.PluginIncr(context.Background(), api.PluginEntry{Plugin: "p", Key: "n", Expires: now.Add(time.Hour)}, by, now.Add(time.Second), q)
		if by == 1 && !errors.Is(err, api.ErrConflict) {
			t.Errorf("past the largest number: %v", err)
		}
	}
}

// TestImports_needGrants: a plugin without the grant does not load, and the error says who
// must add it.
func TestImports_needGrants(t *testing.T) {
	for _, name := range []string{"secret_get", "kv_get", "kv_put", "kv_incr", "http_fetch"} {
		g := newGuest(name)
		g.hook("auth-expire", asm.I32(0))
		host := openHost(t, plugins.Config{})
		_, err := host.Load(context.Background(), plugins.Spec{Name: "x", Module: g.Bytes(), Grants: all()})
		if err == nil || !strings.Contains(err.Error(), "hook_v1."+name+" needs the grant") {
			t.Errorf("%s: got %v, want an error with %q", name, err, "hook_v1."+name+" needs the grant")
		}
		asks := `{"name":"x","version":"1","abi":{"major":1,"minor":0},"hooks":["auth-expire"],"grants":{"kv":true,"secrets":["token"],"http":[{"url":"https://a.example/"}]}}`
		_, err = host.Load(context.Background(), plugins.Spec{Module: g.Bytes(), Manifest: []byte(asks), Grants: all()})
		if err == nil || !strings.Contains(err.Error(), "the operator has not given") {
			t.Errorf("%s, asked for: got %v, want an error with %q", name, err, "the operator has not given")
		}
	}
}

func TestFetch(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch r.URL.Path {
		case "/v1/echo":
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("Set-Cookie", "a=b")
			io.WriteString(w, r.Method+r.Header.Get("X-Api-Key")+string(body))
		case "/v1/away":
			http.Redirect(w, r, "/other", http.StatusFound)
		case "/v1/large":
			w.Write(make([]byte, 70_000))
		}
	}))
	defer server.Close()
	here := manifest.HTTPGrant{URL: server.URL + "/v1", Methods: []string{"GET", "POST"}, Private: true}
	response := "200\ncontent-type: text/plain\n\nGETk"
	for _, test := range []struct {
		name, request string
		grant         manifest.HTTPGrant
		want          string
		asked         int
	}{
		{"get", "GET " + server.URL + "/v1/echo\nX-Api-Key: k\n\n", here, string(rune('0'+len(response)/10)) + string(rune('0'+len(response)%10)), 1},
		{"another path", "GET " + server.URL + "/v2/echo", here, "-2", 0},
		{"a longer name", "GET " + server.URL + "/v10", here, "-2", 0},
		{"out of the path", "GET " + server.URL + "/v1/../v2", here, "-3", 0},
		{"escaped out of the path", "GET " + server.URL + "/v1/%2e%2e/v2", here, "-3", 0},
		{"another method", "DELETE " + server.URL + "/v1/echo", here, "-2", 0},
		{"no method", server.URL + "/v1/echo", here, "-3", 0},
		{"another host", "GET http://localhost:1/v1/echo", here, "-2", 0},
		{"user in it", "GET " + strings.Replace(server.URL, "//", "//u:p@", 1) + "/v1/echo", here, "-3", 0},
		{"host header", "GET " + server.URL + "/v1/echo\nHost: evil\n\n", here, "-3", 0},
		{"header injection", "GET " + server.URL + "/v1/echo\nAccept: b\rX-B: c\n\n", here, "-3", 0},
		{"redirect out of the grant", "GET " + server.URL + "/v1/away", here, "-2", 1},
		{"too large", "GET " + server.URL + "/v1/large", here, "-4", 1},
		{"private address", "GET https" + strings.TrimPrefix(server.URL, "http") + "/v1/echo",
			manifest.HTTPGrant{URL: "https" + strings.TrimPrefix(server.URL, "http")}, "-5", 0},
	} {
		asked = 0
		got := outcome(t, plugins.Config{}, plugins.Spec{Grants: granted(test.grant)}, []string{"http_fetch"}, func(g *guest) []byte {
			return g.call("http_fetch", g.text(test.request), asm.I32(8192), asm.I32(1000))
		})
		if got != test.want || asked != test.asked {
			t.Errorf("%s: %s after %d requests, want %s after %d", test.name, got, asked, test.want, test.asked)
		}
	}
}

// TestFetch_bounded: a repeated request is answered from the cache, a third distinct one is
// refused, and a server that hangs does not delay the call.
func TestFetch_bounded(t *testing.T) {
	asked := 0
	hang := make(chan struct{})
	network := roundTripper(func(r *http.Request) (*http.Response, error) {
		asked++
		if r.URL.Path == "/slow" {
			select {
			case <-r.Context().Done():
				return nil, r.Context().Err()
			case <-hang:
			}
		}
		return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})
	fetch := func(g *guest, path string, size int32) []byte {
		return g.call("http_fetch", g.text("GET https://a.example"+path), asm.I32(8192), asm.I32(size))
	}
	spec := plugins.Spec{Grants: granted(manifest.HTTPGrant{URL: "https://a.example/"}), Limits: manifest.Limits{Deadline: 50 * time.Millisecond}}
	for _, test := range []struct {
		name  string
		call  func(g *guest) []byte
		want  string
		asked int
	}{
		{"again", func(g *guest) []byte {
			return asm.Cat(fetch(g, "/a", 0), asm.Op(asm.Drop), fetch(g, "/a", 100))
		}, "5", 1},
		{"a third", func(g *guest) []byte {
			return asm.Cat(fetch(g, "/a", 0), asm.Op(asm.Drop), fetch(g, "/b", 0), asm.Op(asm.Drop), fetch(g, "/c", 0))
		}, "-4", 2},
		{"no answer", func(g *guest) []byte { return fetch(g, "/slow", 0) }, "-5", 1},
	} {
		asked = 0
		if got := outcome(t, plugins.Config{HTTP: network}, spec, []string{"http_fetch"}, test.call); got != test.want || asked != test.asked {
			t.Errorf("%s: %s after %d requests, want %s after %d", test.name, got, asked, test.want, test.asked)
		}
	}
	close(hang)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestHTTPGrant_check(t *testing.T) {
	for _, test := range []struct {
		grant manifest.HTTPGrant
		want  string
	}{
		{manifest.HTTPGrant{URL: "https://a.example"}, ""},
		{manifest.HTTPGrant{URL: "http://a.example"}, "use https"},
		{manifest.HTTPGrant{URL: "ftp://a.example"}, "must be https"},
		{manifest.HTTPGrant{URL: "https://a.example/?q"}, "query"},
		{manifest.HTTPGrant{URL: "https://a.example/a//b"}, "canonical"},
		{manifest.HTTPGrant{URL: "https://a.example/", Methods: []string{"CONNECT"}}, "method"},
	} {
		_, err := openHost(t, plugins.Config{}).Load(context.Background(), plugins.Spec{Name: "x", Module: good().Bytes(), Grants: manifest.Grants{HTTP: []manifest.HTTPGrant{test.grant}}})
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%+v: %v, want %q", test.grant, err, test.want)
		}
	}
}
