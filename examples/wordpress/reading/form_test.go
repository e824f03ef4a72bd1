package reading_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/server/gateway"
	"github.com/cardea-auth/cardea/server/wordpress"
)

func TestMain(m *testing.M) { os.Exit(parts.Main(m)) }

// open allows every request, as the REST route or page that it is.
type open struct{}

func (open) Decide(_ context.Context, a *api.Attempt) (d core.Decision) {
	var err error
	var read route.Reading
	if a.Path, a.Query, err = route.Canonical(a.RawTarget); err == nil {
		read, err = wordpress.Reader{}.Read(a.Method, a.Path, a.Query)
	}
	d.Reading = &read
	if d.Err = api.AsError(err); err == nil && d.Reading.IsREST() {
		d.Err = api.E(api.Denied, "rest", "the gateway takes it for a REST route")
	} else if err == nil {
		d.Err, d.Outcome, d.Rule = nil, core.Allowed, &route.Rule{Name: "all"}
	}
	return d
}

// php is a real PHP that answers "named" if it finds a rest_route, and a gateway in front
// of it.
type php struct{ direct, gateway string }

func newPHP(t testing.TB) php {
	t.Helper()
	dir, addr := parts.Dir(t), parts.Port(t)
	parts.PHP(t, dir, addr, parts.Write(t, dir, "form.php", `<?php echo isset($_POST['rest_route']) || isset($_GET['rest_route']) ? 'named' : 'none';`))
	g, err := gateway.New(gateway.Config{
		Engine: open{}, Upstreams: map[string]*url.URL{"php": {Scheme: "http", Host: addr}},
		Inspectors: map[string]gateway.Inspector{"": wordpress.Inspector{}, "php": wordpress.Inspector{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(g)
	t.Cleanup(func() { front.Close(); g.Close() })
	return php{"http://" + addr, front.URL}
}

// send returns status and body, or status 0 if the server gave up.
func send(t testing.TB, method, address, contentType, body string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return 0, "no request"
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(text)
}

// compare fails the test unless the gateway refuses what PHP finds a route in.
func (p php) compare(t testing.TB, method, target, contentType, body string) (named bool) {
	t.Helper()
	status, through := send(t, method, p.gateway+target, contentType, body)
	if status == http.StatusOK && through == "named" {
		t.Errorf("%s %q, %q, %q: PHP finds a route that the gateway passed", method, target, contentType, body)
	}
	if status == http.StatusOK {
		return false
	}
	_, direct := send(t, method, p.direct+target, contentType, body)
	return direct == "named"
}

// spellings are names that PHP might read as rest_route.
func spellings() []string {
	return []string{
		"rest_route", "rest.route", "rest route", "rest+route", "rest%20route", "rest[route", "rest%5Broute", "rest-route", "rest]route", "++rest_route", "%20rest_route",
		"%09rest_route", "rest_route+", "rest_route[]", "rest_route[a][b]", "rest_route[", "rest_route]", "rest_route%00", "rest_route%00x", "%00rest_route", "rest%00_route",
		"%72est_route", "REST_ROUTE", "rest__route", "rest_routes", "arest_route", "a[rest_route]", "[rest_route]", "rest%5froute", "rest%255froute", "rest_rout%65",
		"?rest_route", "??rest_route", "?+rest.route", "%3Frest_route", "x;rest_route", ";rest_route", "x=1&rest_route", "x?rest_route", "rest[route[x]", strings.Repeat("+", 70) + "rest_route",
	}
}

// TestQuery_asPHP: PHP finds no rest_route in a query that the gateway takes for that of a page.
func TestQuery_asPHP(t *testing.T) {
	p := newPHP(t)
	found := 0
	for _, name := range spellings() {
		name = strings.ReplaceAll(name, " ", "%20")
		for _, query := range []string{name + "=/x", "a=b&" + name + "=/x", name, strings.Repeat("a=b&", 300) + name + "=/x"} {
			if p.compare(t, "GET", "/?"+query, "", "") {
				found++
			}
		}
	}
	if found < 20 {
		t.Errorf("PHP found a rest_route in %d queries: too few to prove anything", found)
	}
}

// TestParts_asPHP tests names in multipart forms, as PHP parses their headers and
// boundaries.
func TestParts_asPHP(t *testing.T) {
	p := newPHP(t)
	const kind = "multipart/form-data; boundary=b"
	head := func(text string) string { return "--b\r\n" + text + "\r\n\r\n/x\r\n--b--\r\n" }
	field := func(name string) string { return head("Content-Disposition: form-data; name=" + name) }
	found := 0
	for _, body := range []string{
		field(`"rest_route"`), field(`="rest_route"`), field(`=="rest_route"`), field(`=== 'rest_route'`), field(`"a"; name=rest_route`), field("\"rest_\x00junk\r\nroute\""),
		field("\x00junk\r\n\"rest_route\""), head("Content-Disposition: form-data; na\x00junk\r\nme=\"rest_route\""), strings.Repeat("x", 5120) + field(`"rest_route"`),
		strings.Repeat("x", 5119) + field(`"rest_route"`), "--b\x00junk" + field(`"rest_route"`)[3:], field(`"a"`) + field(`"rest_route"`), "x" + field(`"rest_route"`),
		head("Content-Disposition: form-data;;;name=\"rest_route\""), head("Content-Disposition: x;y='\"';name=\"rest_route\""), head("Content-Disposition:name=\"rest_route\""),
		head("Content-Disposition: form-data; name\t=\"rest_route\""), head("X: y\r\nContent-Disposition: form-data; name=\"rest_route\""), head("X: y\r\n z: w\r\nContent-Disposition: form-data;\tname=\"rest_route\""),
		head("Content-Disposition: form-data;\r\n name=\"rest_route\""), head("Content-Disposition: form-data;\nname=\"rest_route\""), head("content-disposition: form-data; NAME='rest.route'"),
		field(`" rest_route"`), field(`"rest\_route"`), field(`"rest\"_route"`), field(`"rest_route[]"`), field(`"rest[route"`), field(`rest_route x`), field("\x0b\"rest_route\""),
		strings.ReplaceAll(field(`"rest_route"`), "\r\n", "\n"), "--b--\r\n" + field(`"rest_route"`), head("Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"rest_route\""),
		"--b\r\nContent-Disposition: form-data; name=\"rest_route\"", "--b\r\nContent-Disposition: form-data; name=\"rest_route\"\r\n", "--b\r\nContent-Disposition: form-data; name=\"rest_route\"\r\n\r\n",
		field(`"a"; filename="rest_route"`), field(`"rest_route"; filename="x"`),
	} {
		for _, contentType := range []string{
			kind, `multipart/form-data; boundary="b"`, "Multipart/Form-Data;BOUNDARY=b", "multipart/form-data, boundary=b,x", `multipart/form-data; boundary="b"x`, "multipart/form-data; xboundary=b",
			"multipart/form-data; boundary=b; boundary=c", "multipart/form-data; boundary=c; boundary=b", "multipart/form-data; boundary; x=b", "multipart/form-data; Boundary=c; boundary=b", "multipart/form-data; Boundary=b; x=boundary=c", "multipart/form-data; BOUNDARY=xboundary=b", "multipart/form-data boundary=b", "multipart/form-data; boundary = b",
			`multipart/form-data; x="boundary=c"; boundary=b`, "multipart/form-data;boundary\x0b=b", "application/x-www-form-urlencoded, multipart/form-data; boundary=b",
		} {
			if p.compare(t, "POST", "/", contentType, body) {
				found++
			}
		}
	}
	if found < 100 {
		t.Errorf("PHP found a rest_route in %d forms: too few to prove anything", found)
	}
	if status, text := send(t, "POST", p.gateway+"/", kind, field(`"a"`)+field(`"f"; filename="rest_route"`)); status != 200 || text != "none" {
		t.Errorf("a form without a route: got %d %s, want status 200 and none", status, text)
	}
}

// FuzzForm_asPHP: PHP finds no rest_route in a form that the gateway forwards.
func FuzzForm_asPHP(f *testing.F) {
	for _, name := range spellings() {
		f.Add("application/x-www-form-urlencoded", "a=b&"+name+"=/x", "")
		f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\""+name+"\"\r\n\r\n/x\r\n--b--\r\n", "")
		f.Add("", "", "a=b&"+strings.ReplaceAll(name, " ", "+")+"=/x")
	}
	f.Add("multipart/form-data; boundary=b", "--b\r\nX: y\r\n z\r\nContent-Disposition: form-data;; na\x00\r\nme==\"rest_\x00x\r\nroute\"\r\n\r\n/x\r\n--b--\r\n", "")
	p := newPHP(f)
	f.Fuzz(func(t *testing.T, contentType, body, query string) {
		p.compare(t, "POST", "/?"+query, contentType, body)
	})
}
