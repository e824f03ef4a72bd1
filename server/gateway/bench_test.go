//go:build unix

package gateway

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"syscall"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
)

// BenchmarkServe sends requests over the loopback through the gateway and, in
// the same run, through a bare ReverseProxy with the same transport; the goal
// is 1.10 times the bare one. cpu-ns/op is user and system time of the whole
// process, client and upstream included, which is steadier than the clock.
func BenchmarkServe(b *testing.B) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer upstream.Close()
	u, err := url.Parse(upstream.URL)
	if err != nil {
		b.Fatal(err)
	}
	bare := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:   func(p *httputil.ProxyRequest) { p.SetURL(u); p.SetXForwarded() },
		Transport: NewTransport(), BufferPool: newBuffers(),
	})
	defer bare.Close()
	rules := []route.Rule{{Name: "rest", Path: "/**"}}
	for i := range 1000 {
		rules = append(rules, route.Rule{Name: fmt.Sprint(i), Path: fmt.Sprintf("/site%d/**", i), Access: route.Public})
	}
	gateway := "http://" + serve(b, newEngine(b, rules...), upstream.URL, nil)
	for _, tc := range []struct{ name, url string }{{"bare", bare.URL}, {"gateway", gateway}} {
		b.Run(tc.name, func(b *testing.B) { ask(b, tc.url+"/api/v1/items/17?page=2") })
	}
}

// BenchmarkServe_noNetwork leaves the sockets out, so that the cost of the gateway itself
// is visible.
func BenchmarkServe_noNetwork(b *testing.B) {
	u := &url.URL{Scheme: "http", Host: "upstream.test"}
	bare := &httputil.ReverseProxy{
		Rewrite:   func(p *httputil.ProxyRequest) { p.SetURL(u); p.SetXForwarded() },
		Transport: noContent{}, BufferPool: newBuffers(),
	}
	gateway, err := New(Config{
		Engine: newEngine(b, route.Rule{Name: "rest", Path: "/**"}), Upstreams: map[string]*url.URL{"site": u}, Transport: noContent{},
	})
	if err != nil {
		b.Fatal(err)
	}
	for name, h := range map[string]http.Handler{"bare": bare, "gateway": gateway} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/api/v1/items/17?page=2", nil)
			r.Header = http.Header{"Authorization": {"Bearer valid"}, "User-Agent": {"bench"}, "Accept": {"*/*"}, "Accept-Encoding": {"gzip"}}
			w := httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}

// noContent is an upstream that answers at once.
type noContent struct{}

func (noContent) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

func ask(b *testing.B, url string) {
	client := &http.Client{Transport: NewTransport()}
	defer client.CloseIdleConnections()
	b.ReportAllocs()
	start := cpuTime(b)
	for b.Loop() {
		r, err := http.NewRequest("GET", url, nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer valid")
		res, err := client.Do(r)
		if err != nil || res.StatusCode != http.StatusNoContent {
			b.Fatal(res, err)
		}
		res.Body.Close()
	}
	b.ReportMetric(float64(cpuTime(b)-start)/float64(b.N), "cpu-ns/op")
}

func cpuTime(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
