package gateway

import (
	"strconv"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// TestServe_bodyType: the upstream reads a batch as the gateway did. WordPress reads the
// requests of a batch from the query if there is no JSON body.
func TestServe_bodyType(t *testing.T) {
	e := openEngine(t, core.Policy{
		Rules: []route.Rule{{Name: "users", Path: "/wp-json/wp/v2/users/**"}, {Name: "all", Path: "/**", Access: route.Public}},
		Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
			return wordpress.Reader{}.Read(method, path, query)
		}},
	})
	g := newTestGateway(t, e, func(c *Config) { c.Inspectors = map[string]Inspector{"": wordpress.Inspector{}} })
	const json, query = "Content-Type: application/json\r\n", "?requests%5B0%5D%5Bpath%5D=/wp/v2/users/1"
	for _, c := range []struct {
		name, target, lines, body string
		status                    int
	}{
		{"a batch", "/wp-json/batch/v1", json, `{"requests":[]}`, 200},
		{"with requests in the query", "/wp-json/batch/v1" + query, json, `{"requests":[]}`, 400},
		{"in another spelling", "/wp-json/batch/v1?requests.0=x", json, `{"requests":[]}`, 200}, // PHP: requests_0
		{"with a list in the query", "/wp-json/batch/v1?requests[]=x", json, `{"requests":[]}`, 400},
		{"with a text in the query", "/wp-json/batch/v1?a=b&requests=x", json, `{"requests":[]}`, 400},
		{"the type named away", "/wp-json/batch/v1", json + "Connection: Content-Type\r\n", `{"requests":[]}`, 400},
		{"among others", "/wp-json/batch/v1", json + "Connection: close, content_type\r\n", `{"requests":[]}`, 400},
		{"the encoding named away", "/x", "Connection: Content-Encoding\r\n", "", 400},
		{"the length named away, which is set anew", "/x", "Connection: Content-Length\r\n", "", 200},
		{"another header named away", "/x", "Connection: X-Mine\r\nX-Mine: 1\r\n", "", 200},
	} {
		a := g.send(t, "POST "+c.target+" HTTP/1.1\r\nHost: h\r\nContent-Length: "+strconv.Itoa(len(c.body))+"\r\n"+c.lines+"\r\n"+c.body, 1)
		if len(a) != 1 || a[0].status != c.status {
			t.Errorf("%s: %+v, want %d", c.name, a, c.status)
		}
	}
	g.seen.take()
	for _, name := range []string{"Content_Type", "Content.Type", "content_encoding", "Coo.kie_", "Cookie_x", "X_Fine"} {
		g.send(t, "GET /x HTTP/1.1\r\nHost: h\r\nContent-Type: a/b\r\n"+name+": text/plain\r\n\r\n", 1)
		for _, s := range g.seen.take() {
			for got := range s.Headers {
				if alias := route.Alias(got); strings.HasPrefix(alias, "Content-") && alias != got {
					t.Errorf("the upstream sees %s", got)
				}
			}
			if s.Headers.Get("Content-Type") != "a/b" {
				t.Errorf("beside %s the real one is lost: %v", name, s.Headers)
			}
		}
	}
}
