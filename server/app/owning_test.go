package app

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// leaky is an upstream with the plugins installed. It records the targets of requests.
type leaky struct {
	mu      sync.Mutex
	targets []string
}

// ServeHTTP implements http.Handler.
func (l *leaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.targets = append(l.targets, r.Host+" "+r.RequestURI+" "+string(body))
}

func (l *leaky) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.targets
	l.targets = nil
	return out
}

const ownConfig = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
rules: [{name: site, path: /**, access: optional}]
`

// TestOwning: no spelling of a mount's own routes reaches the plugin that the upstream
// may still have, while WordPress's own routes do.
func TestOwning(t *testing.T) {
	routes := map[string]string{
		"wpjwt": "/jwt-auth/v1/token", "wpjwtpro": "/jwt-auth/v1/token", "usefulteam": "/jwt-auth/v1/token",
		"miniorange": "/api/v1/token", "cocart": "/cocart/v2/login", "cocart1": "/cocart/v2/login",
	}
	for name, own := range routes {
		for _, host := range []string{"", "host: site.example, "} {
			t.Run(name+" "+host, func(t *testing.T) {
				upstream := &leaky{}
				behind := httptest.NewServer(upstream)
				t.Cleanup(behind.Close)
				_, public, _ := start(t, load(t, ownConfig+"mounts: [{name: m, "+host+"dialect: "+name+"}]\n"+
					"upstreams: {wp: {url: \""+behind.URL+"\"}}\n"), nil)
				for _, at := range []string{"site.example", "other.example"} {
					ask(t, public, at, own)
					if got := upstream.take(); len(got) > 0 {
						t.Errorf("the upstream was asked for %q", got)
					}
				}
				for _, target := range []string{"/wp-json/", "/wp-json/wp/v2/posts", "/?rest_route=/wp/v2/posts", "/", "/wp-json/jwt-authors/v1"} {
					if send(t, public, "site.example", "GET", target, ""); len(upstream.take()) != 1 {
						t.Errorf("%s does not get to the upstream", target)
					}
				}
			})
		}
	}
}

// ask requests the route in every spelling that a WordPress might understand.
func ask(t *testing.T, public, host, own string) {
	t.Helper()
	const login = `{"username":"alice","password":"secret-of-alice"}`
	upper, encoded := strings.ToUpper(own), strings.ReplaceAll(own, "/", "%2F")
	targets := []string{
		"/wp-json" + own, "/wp-json" + own + "/", "/wp-json" + upper, "/index.php/wp-json" + own, "/index.php/wp-json" + upper + "/",
		"/wp-js%6fn" + own, "/wp-js%6fn" + own + "/", "/wp-json" + own[:2] + "%" + hexOf(own[2]) + own[3:], "/wp-json/" + own,
		"/wp-json" + encoded, "/blog/wp-json" + own, "/blog/index.php/wp-json" + own, "/wp-json" + own + "?_method=POST",
		"/wp-json" + own + "?_method=GET", "/wp-json" + own + "?.method=PUT",
	}
	for _, name := range []string{"rest_route", "rest.route", "%20rest_route", "+rest.route", "rest%5broute", "rest%20route", "rest%5Froute", "rest_route%5b%5d", "rest_route%00x"} {
		for _, page := range []string{"/", "/index.php", "/wp-json", "/wp-json/", "/wp-json/wp/v2/posts", "/index.php/wp-json/", "/blog/", "/index.php/"} {
			targets = append(targets, page+"?"+name+"="+own)
		}
	}
	for _, value := range []string{upper, encoded, own + "/", "/" + own, own[1:]} {
		targets = append(targets, "/?rest.route="+value, "/wp-json?rest_route="+value)
	}
	for _, target := range targets {
		send(t, public, host, "POST", target, login)
	}
	send(t, public, host, "GET", "/wp-json"+own+"?_method=POST&username=alice&password=secret-of-alice", "")
	send(t, public, host, "PUT", "/?rest.route="+own+"&_method=POST", login)
	for _, inner := range []string{own, upper, own + "/", own + "?x=1"} {
		batch := `{"requests":[{"method":"POST","path":"` + inner + `","body":` + login + `}]}`
		send(t, public, host, "POST", "/wp-json/batch/v1", batch)
		send(t, public, host, "POST", "/?rest.route=/batch/v1", batch)
	}
}

func hexOf(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}

func send(t *testing.T, public, host, method, target, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, public+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	r.Header.Set("Content-Type", "application/json")
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
}

// TestOwning_otherSites: applications to which no rule routes requests from a mount's
// host keep their plugin.
func TestOwning_otherSites(t *testing.T) {
	migrated, left := &leaky{}, &leaky{}
	a, b := httptest.NewServer(migrated), httptest.NewServer(left)
	t.Cleanup(a.Close)
	t.Cleanup(b.Close)
	_, public, _ := start(t, load(t, `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
mounts: [{name: m, host: a.example, dialect: wpjwt}]
upstreams: {a: {url: "`+a.URL+`", kind: wordpress}, b: {url: "`+b.URL+`", kind: wordpress}}
rules:
  - {name: a, host: a.example, path: /**, access: optional, upstream: a}
  - {name: also-a, host: also.example, path: /**, access: optional, upstream: a}
  - {name: b, host: b.example, path: /**, access: optional, upstream: b}
`), nil)
	for _, host := range []string{"a.example", "also.example", "b.example"} {
		send(t, public, host, "POST", "/?rest.route=/jwt-auth/v1/token", `{}`)
	}
	if got := migrated.take(); len(got) > 0 {
		t.Errorf("the migrated site was asked for %q", got)
	}
	if got := left.take(); len(got) != 1 {
		t.Errorf("the other site was asked %d times, want once", len(got))
	}
}
