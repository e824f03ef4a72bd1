package gateway

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// credentials is a UpstreamCredentials of one function.
type credentials func(a *api.Attempt, d *core.Decision) (api.Header, error)

func (v credentials) Credentials(_ context.Context, a *api.Attempt, d *core.Decision) (api.Header, error) {
	return v(a, d)
}

func TestServe_upstreamCredentials(t *testing.T) {
	g := newTestGateway(t, newEngine(t, demoRules()...), func(c *Config) {
		c.Credentials = map[string]UpstreamCredentials{"demo": credentials(func(a *api.Attempt, d *core.Decision) (api.Header, error) {
			switch a.Path {
			case "/admin/unknown":
				return nil, api.E(api.Denied, "not_a_user", "the application does not know you")
			case "/admin/broken":
				return nil, errors.New("no key")
			}
			return api.Header{"X-Cardea-Assertion": {a.Method + " " + a.Path + " " + d.Identity.Login}, "Authorization": {"Basic eA=="}}, nil
		})}
	})
	a := g.get(t, "/admin/x", valid, "X-Cardea-Assertion: forged", "x_cardea_assertion: forged", "Connection: X-Cardea-Assertion, Authorization")
	got := g.seen.take()
	if a.status != http.StatusOK || len(got) != 1 {
		t.Fatalf("status %d, upstream saw %v", a.status, got)
	}
	if values := got[0].Headers["X-Cardea-Assertion"]; len(values) != 1 || values[0] != "GET /admin/x alice" {
		t.Errorf("assertion %q, want the credentials's alone", values)
	}
	if values := got[0].Headers["Authorization"]; len(values) != 1 || values[0] != "Basic eA==" {
		t.Errorf("Authorization %q, want the credentials's instead of the client's", values)
	}
	for path, want := range map[string]int{"/admin/unknown": 403, "/admin/broken": 500} {
		a := g.get(t, path, valid)
		if saw := g.seen.take(); a.status != want || len(saw) != 0 || strings.Contains(a.body, "no key") {
			t.Errorf("%s: status %d %s, upstream saw %v; want %d and nothing", path, a.status, a.body, saw, want)
		}
	}
}

func TestNew_credentialsWithoutUpstream(t *testing.T) {
	_, err := New(Config{
		Engine: newEngine(t), Upstreams: map[string]*url.URL{"demo": {Scheme: "http", Host: "127.0.0.1:1"}},
		Credentials: map[string]UpstreamCredentials{"shop": nil},
	})
	if err == nil || !strings.Contains(err.Error(), `"shop"`) {
		t.Errorf("got %v, want the name of the upstream that is missing", err)
	}
}
