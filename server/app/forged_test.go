package app

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestHooks_seeNoForgeries: at every entry point, hooks see no header with which a client
// pretends to be a proxy.
func TestHooks_seeNoForgeries(t *testing.T) {
	g := openMount(t, "{name: site, dialect: wpjwt}", "cors: {enabled: true, origins: ['https://friend.example']}\n")
	_, token := g.wpLogin(wpToken, "alice")
	saw := map[string]api.Header{}
	note := func(point string, a *api.Attempt) {
		if a != nil {
			saw[point] = a.Header
		}
	}
	h := g.Engine().Hooks()
	must(t, h.CustomHeader.Bind("test", func(_ context.Context, v core.CredentialHeader) (core.CredentialHeader, error) {
		note("custom-header", v.Attempt)
		return v, nil
	}))
	must(t, h.CORSHeaders.Bind("test", func(_ context.Context, v core.CORSHeaders) (core.CORSHeaders, error) {
		note("cors-headers", v.Attempt)
		return v, nil
	}))
	must(t, h.RouteAccess.Bind("test", func(_ context.Context, v core.Access) (core.Access, error) {
		note("route-access", v.Attempt)
		return v, nil
	}))
	for request, points := range map[string][]string{
		"POST " + wpToken + "/validate": {"custom-header", "cors-headers"},
		"POST " + wpToken:               {"custom-header", "cors-headers"},
		"GET /auth/me":                  {"custom-header", "cors-headers"},
		"GET /x":                        {"custom-header", "cors-headers", "route-access"},
		"GET /nowhere":                  {"cors-headers"},
	} {
		clear(saw)
		g.raw(loopback, request+" HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\nOrigin: https://friend.example\r\n"+
			"X-Forwarded-For: 10.0.0.1\r\nX-Real-IP: 10.0.0.1\r\nRemote-User: root\r\nX-Auth-User: root\r\nX-Plain: 1\r\n"+bearer(token)+"\r\n\r\n")
		for _, point := range points {
			if len(saw[point]["X-Plain"]) != 1 || len(saw[point]["Authorization"]) != 1 {
				t.Errorf("%s, %s: not asked, or about no request: %v", request, point, saw[point])
			}
			for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Remote-User", "X-Auth-User"} {
				if saw[point][name] != nil {
					t.Errorf("%s: %s is shown %s", request, point, name)
				}
			}
		}
	}
}
