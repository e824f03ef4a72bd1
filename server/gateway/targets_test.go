package gateway

import (
	"context"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestGateway_targets: a request that names a second resource is allowed only if a
// request for that would be. Package httpauth reads it.
func TestGateway_targets(t *testing.T) {
	g := newTestGateway(t, newEngine(t,
		route.Rule{Name: "owner", Path: "/owner/**", Roles: []string{"owner"}},
		route.Rule{Name: "keep", Path: "/keep/**", Methods: []string{"DELETE"}, Roles: []string{"owner"}},
		route.Rule{Name: "dav", Path: "/dav/**", Methods: []string{"PROPFIND", "MOVE"}},
		route.Rule{Name: "closed", Path: "/dav/closed/**", Roles: []string{"owner"}},
		route.Rule{Name: "write", Path: "/read/**", Methods: []string{"PUT", "DELETE"}, Roles: []string{"owner"}},
		route.Rule{Name: "all", Path: "/**"}), nil)
	for _, c := range []struct {
		line, header string
		want         int
	}{
		{"MOVE /x", "Destination: /y", 200},
		{"MOVE /x", "Destination: http://gate.test:8080/y", 200},
		{"MOVE /x", "Destination: /owner/y", 403},
		{"COPY /x", "destination: http://GATE.test:8080/owner/y", 403},
		{"COPY /x", "Destination: /%6fwner/y", 403},
		{"COPY /x", "Destination: /owner./y", 400},
		{"COPY /x", "Destination: /read/y", 403},
		{"MOVE /x", "Destination: /keep", 403},
		{"MOVE /x", "Destination: /keep\r\nOverwrite: T", 403},
		{"MOVE /x", "Destination: /keep\r\nOverwrite: F", 200},
		{"COPY /x", "Destination: /\r\nDepth: 0", 400},
		{"COPY /x", "Destination: /\r\nDepth: 0\r\nOverwrite: F", 200},
		{"DELETE /", "Depth: infinity", 400},
		{"DELETE /", "X: y", 200},
		{"DELETE /dav", "X: y", 400},
		{"DELETE /dav/x", "X: y", 200},
		{"POST /dav?_method=DELETE", "X: y", 400},
		{"COPY /x", "Destination: http://other.test/y", 400},
		{"COPY /x", "Destination: http://gate.test/y", 400},
		{"COPY /x", "Destination: y", 400},
		{"COPY /x", "Destination: /y\r\nDestination: /owner/y", 400},
		{"COPY /x", "X-HTTP-Destinationurl: /owner/y", 403},
		{"COPY /x", "X_HTTP_Destinationurl: /owner/y", 403},
		{"POST /x?_method=MOVE", "Destination: /owner/y", 403},
		{"POST /x?_method=MOVE", "Destination: /y", 200},
		{"GET /x", "Destination: Paris", 200},
		{"PUT /x", "X-Amz-Copy-Source: owner/y", 403},
		{"PUT /x", "X-Amz-Copy-Source: /read/y", 200},
		{"PUT /x", "X-Ms-Rename-Source: /read/y", 403},
		{"PUT /x", "X-Amz-Copy-Source: read/y", 200},
		{"MOVE /read/y", "Destination: /x", 403}, // MOVE deletes it
		{"COPY /read/y", "Destination: /x", 200},
		{"POST /read/y?_method=MOVE", "Destination: /x", 403},
		{"MOVE /owner", "Destination: /x", 403},
		{"COPY /", "Destination: /x", 400},
		{"COPY /", "Destination: /x\r\nDepth: 0", 200},
		{"MOVE /x", "Destination: /read", 403},
		{"MOVE /app/x", "Destination: /app/owner/y", 200},
		{"PROPFIND /", "Depth: infinity", 400},
		{"PROPFIND /", "Depth: 1", 200},
		{"PROPFIND /", "X: y", 400},
		{"PROPFIND /x", "X: y", 200},
		{"GET /x", "X-Original-URL: /owner/y", 200}, // the upstream does not get it
		{"GET /x", "X-Override-URL: /owner/y", 200},
	} {
		a := g.send(t, c.line+" HTTP/1.1\r\nHost: gate.test:8080\r\n"+valid+"\r\nContent-Length: 0\r\n"+c.header+"\r\n\r\n", 1)[0]
		seen := g.seen.take()
		if a.status != c.want || (len(seen) == 1) != (c.want == 200) {
			t.Errorf("%s with %q: %d %s, the upstream saw %d requests; want %d", c.line, c.header, a.status, a.body, len(seen), c.want)
		}
		for _, r := range seen {
			for name := range r.Headers {
				if strings.HasSuffix(strings.ToLower(name), "-url") {
					t.Errorf("%s with %q: the upstream got %s", c.line, c.header, name)
				}
			}
		}
	}
}

// TestGateway_stores: rules apply to what an object store reads below an account, or at a
// bucket's own host.
func TestGateway_stores(t *testing.T) {
	g := newTestGateway(t, newEngine(t,
		route.Rule{Name: "account", Path: "/v1/AUTH_a/private/**", Roles: []string{"owner"}},
		route.Rule{Name: "bucket", Host: "private.s3.test", Path: "/**", Roles: []string{"owner"}},
		route.Rule{Name: "dotted", Host: "my.bucket.s3.test", Path: "/admin/**", Roles: []string{"owner"}},
		route.Rule{Name: "closed", Host: "pub.s3.test", Path: "/closed/**", Roles: []string{"owner"}},
		route.Rule{Name: "all", Path: "/**"}), nil)
	for _, c := range []struct {
		line, host, header string
		want               int
	}{
		{"PUT /v1/AUTH_a/mine/s", "swift.test", "X-Copy-From: /private/s", 400},
		{"PUT /v1/AUTH_a/mine/s", "swift.test", "X-Copy-From: /open/s", 200},
		{"COPY /v1/AUTH_a/mine/s", "swift.test", "Destination: /private/s", 400},
		{"PUT /v1/AUTH_a/mine/s", "swift.test", "X-Symlink-Target: private/s", 400},
		{"PUT /v1/AUTH_a/mine/s", "swift.test", "X-Object-Manifest: private/s", 400},
		{"PUT /s", "pub.s3.test", "X-Amz-Copy-Source: /private/s", 400},
		{"PUT /s", "pub.s3.test", "X-Amz-Copy-Source: /%70rivate/s", 400},
		{"PUT /s", "s3.test", "X-Amz-Copy-Source: /%70rivate/s", 400},
		{"PUT /s", "s3.test", "X-Amz-Copy-Source: /PRIVATE/s", 400},
		{"PUT /s", "pub.s3.test", "X-Amz-Copy-Source: /private./s", 400},
		{"PUT /s", "my.pub.s3.test", "X-Amz-Copy-Source: /private/s", 400},
		{"PUT /s", "my.bucket.s3.test", "X-Amz-Copy-Source: /my.bucket/admin/s", 403},
		{"PUT /s", "my.bucket.s3.test", "X-Amz-Copy-Source: /my%2Ebucket/admin/s", 400},
		{"PUT /s", "my.bucket.s3.test", "X-Amz-Copy-Source: /my.bucket/s%20x?versionId=1", 200},
		{"PUT /s", "pub.s3.test", "X-Amz-Copy-Source: /my.bucket/admin/s", 400},
		{"PUT /s", "pub.s3.test", "X-Amz-Copy-Source: /pub?x", 200},
		{"PUT /s", "private.b.s3.test", "X-Amz-Copy-Source: /private/s", 400},
		{"PUT /s", "pub.s3.test", "X-Amz-Copy-Source: /pub/closed/s", 403},
		{"PUT /s", "pub.s3.test", "X-Amz-Copy-Source: /pub/s", 200},
		{"PUT /mine/s", "s3.test", "X-Oss-Copy-Source: /private/s", 400},
		{"PUT /mine/s", "s3.test", "X-Oss-Copy-Source: /open/s", 200},
	} {
		a := g.send(t, c.line+" HTTP/1.1\r\nHost: "+c.host+"\r\n"+valid+"\r\nContent-Length: 0\r\n"+c.header+"\r\n\r\n", 1)[0]
		if seen := g.seen.take(); a.status != c.want || (len(seen) == 1) != (c.want == 200) {
			t.Errorf("%s at %s with %q: %d %s, want %d", c.line, c.host, c.header, a.status, a.body, c.want)
		}
	}
}

// TestGateway_hooksBySlash: if a rule matches a path with and without a trailing slash,
// hooks are called for both.
func TestGateway_hooksBySlash(t *testing.T) {
	for slash, refused := range map[string]bool{route.SlashSame: true, route.SlashDistinct: false} {
		h := core.NewHooks()
		h.RouteAccess.Bind("x", func(_ context.Context, a core.Access) (core.Access, error) {
			if a.Attempt.Path == "/admin" || a.Attempt.Path == "/dir/" ||
				a.Attempt.Path == "/posts" && a.Attempt.Method == "DELETE" || a.Attempt.Path == "/tags/" && a.Attempt.Method == "DELETE" {
				return a, core.Deny("", "no")
			}
			return a, nil
		})
		g := newTestGateway(t, openEngine(t, core.Policy{Rules: []route.Rule{{Name: "all", Path: "/**", TrailingSlash: slash}}, Hooks: h}), nil)
		for target, want := range map[string]bool{"/admin": true, "/admin/": refused, "/admin.": true, "/admin%20": true, "/other/": false, "/": false,
			"/dir/": true, "/dir": refused, "/dir.": refused, "/admin./": true, "/tags/?_method=DELETE": true, "/tags?_method=DELETE": refused, "/tags": false,
			"/posts/": false, "/posts?_method=DELETE": true, "/posts/?_method=DELETE": refused} {
			if a := g.get(t, target, valid); (a.status == 403) != want {
				t.Errorf("%s, slash %s: %d %s, refused must be %v", target, slash, a.status, a.body, want)
			}
		}
	}
}

// TestGateway_pointsBySlash: each point that may decide by path is called for both paths
// that a rule treats as one.
func TestGateway_pointsBySlash(t *testing.T) {
	for point, bind := range map[string]func(h *core.Hooks, path string){
		"route-access": func(h *core.Hooks, path string) {
			h.RouteAccess.Bind("x", func(_ context.Context, a core.Access) (core.Access, error) { return a, denyAt(a.Attempt, path) })
		},
		"identity-resolved": func(h *core.Hooks, path string) {
			h.IdentityResolved.Bind("x", func(_ context.Context, r core.Resolved) (core.Resolved, error) {
				if r.Attempt.Path == path {
					r.Identity.Roles = nil
				}
				return r, nil
			})
		},
		"custom-header": func(h *core.Hooks, path string) {
			h.CustomHeader.Bind("x", func(_ context.Context, c core.CredentialHeader) (core.CredentialHeader, error) {
				if c.Attempt.Path == path {
					c.Name, c.RefuseStandard = "X-Other", true
				}
				return c, nil
			})
		},
		"route-exclusion": func(h *core.Hooks, path string) {
			h.RouteExclusion.Bind("x", func(_ context.Context, e core.Exclusion) (core.Exclusion, error) {
				e.Public = e.Attempt.Path != path
				return e, nil
			})
		},
	} {
		for slash, both := range map[string]bool{route.SlashSame: true, route.SlashDistinct: false} {
			for at, other := range map[string]string{"/admin": "/admin/", "/admin/": "/admin"} {
				h := core.NewHooks()
				bind(h, at)
				g := newTestGateway(t, openEngine(t, core.Policy{Rules: []route.Rule{
					{Name: "all", Path: "/**", TrailingSlash: slash, Roles: []string{"editor"}},
				}, Hooks: h}), nil)
				header := valid
				if point == "route-exclusion" {
					header = "X-None: none"
				}
				for target, refused := range map[string]bool{at: true, other: both, "/x": false, "/x/": false} {
					if a := g.get(t, target, header); (a.status == 200) == refused {
						t.Errorf("%s of %s, slash %s: %s: %d %s, refused must be %v", point, at, slash, target, a.status, a.body, refused)
					}
				}
			}
		}
	}
}

func denyAt(a *api.Attempt, path string) error {
	if a.Path == path {
		return core.Deny("", "no")
	}
	return nil
}
