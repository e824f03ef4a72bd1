package guard_test

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/guard"
	"github.com/cardea-auth/cardea/server/guard/ginguard"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// loopback trusts the clients of these tests as proxies.
var loopback = httpauth.Trust{Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}

// TestHandler_forgeries: from a client, handlers get none of the headers that Cardea, its
// hooks or well-known proxies set, neither as headers nor as trailers.
func TestHandler_forgeries(t *testing.T) {
	hooks := core.NewHooks()
	hooks.IdentityHeaders.Declare("X-Tenant")
	var got http.Header
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		got = r.Header.Clone()
		for name, values := range r.Trailer {
			got["trailer "+name] = values
		}
	})
	g := guard.New(guard.Config{Engine: newEngine(t, hooks), ForwardHeaders: []string{"remote-user", "X-Auth-User"}, Trust: loopback})
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.Use(ginguard.Middleware(g))
	router.Any("/*any", gin.WrapH(handler))
	for front, h := range map[string]http.Handler{"net/http": g.Handler(handler), "gin": router, "Require": g.Require()(handler)} {
		for _, name := range []string{"X-Tenant", "x_tenant", "X.Tenant", "X-Auth-User", "X_Auth_Roles", "X-Cardea-X", "X-User", "X_SSL_Client_Verify",
			"X-MS-CLIENT-PRINCIPAL", "REMOTE_USER", "Cf-Access-Jwt-Assertion", "SCRIPT_NAME", "Path-Info", "path_translated", "QUERY_STRING", "Request-Method",
			"HTTPS", "SERVER_NAME", "Kubeflow-Userid", "X_HASURA_ROLE", "$WSRU", "X-Configured"} {
			raw := "POST /optional HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YW5uYTpjb3JyZWN0LWhvcnNl\r\nRemote-User: kept\r\nX-Plain: kept\r\n" +
				name + ": forged\r\nTrailer: X-Sum, " + name + "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: kept\r\n" + name + ": forged\r\nX_Tenant: forged\r\n\r\n"
			got = nil
			serve(t, h, raw)
			forged := slices.DeleteFunc(slices.Collect(maps.Keys(got)), func(n string) bool { return got[n][0] != "forged" })
			if want := name == "X-Configured"; (len(forged) > 0) != want {
				t.Errorf("%s: %s: the handler saw %v", front, name, forged)
			}
			for _, kept := range []string{"X-Plain", "Remote-User", "trailer X-Sum"} {
				if values := got[kept]; len(values) != 1 || values[0] != "kept" {
					t.Errorf("%s: %s: %s is %q", front, name, kept, values)
				}
			}
		}
	}
}

// serve sends a raw request to a server with the handler.
func serve(t *testing.T, h http.Handler, raw string) {
	t.Helper()
	s := httptest.NewServer(h)
	defer s.Close()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 15))
	if err != nil || !strings.Contains(string(answer), "200") {
		t.Fatalf("got %q, %v; want text with %q", answer, err, "200")
	}
}
