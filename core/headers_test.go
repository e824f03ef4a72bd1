package core_test

import (
	"context"
	"maps"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// identified opens an engine that identifies every request as id.
func identified(t *testing.T, id api.Identity) *testEngine {
	return newTestEngine(t, func(c *core.Config) {
		c.Policy.Methods = []core.NamedMethod{{Name: "fake", Opener: fakeMethod{id: id}}}
	})
}

func TestHeaders(t *testing.T) {
	tests := []struct {
		name  string
		roles []string
		want  string
	}{
		{"none", nil, ""},
		{"one", []string{"editor"}, "editor"},
		{"several", []string{"shop manager", "editor", "größe"}, "shop manager,editor,größe"},
		{"comma", []string{"a,administrator", "b"}, "b"},
		{"control characters", []string{"admin\x00istrator", "x\r\nX-Auth-User: root", "tab\t", "b"}, "b"},
		{"C1 control", []string{"a\u0085b", "b"}, "b"},
		{"bad UTF-8", []string{"a\xff", "b"}, "b"},
		{"blanks at the ends", []string{" administrator", "administrator ", "b"}, "b"},
		{"empty", []string{"", "b"}, "b"},
		{"nothing left", []string{"a,b"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := identified(t, api.Identity{Subject: "u1", Login: "alice", Roles: tt.roles})
			d := h.decide("/api/x", nil)
			if d.Outcome != core.Allowed || d.Headers.Get("X-Auth-Roles") != tt.want || len(d.Headers["X-Auth-Roles"]) != 1 {
				t.Errorf("got %v, roles %q; want %q", d.Err, d.Headers["X-Auth-Roles"], tt.want)
			}
			if d.Headers.Get("X-Auth-User") != "alice" || d.Headers.Get("X-Auth-Method") != "fake" {
				t.Errorf("got headers %v, want X-Auth-User alice and X-Auth-Method fake", d.Headers)
			}
		})
	}
}

// A login that would arrive as another one in a header must not be sent.
func TestHeaders_unfitLogin(t *testing.T) {
	for login, fits := range map[string]bool{
		"alice": true, "Jürgen Groß": true, "ad\x00min": false, " admin": false, "admin ": false, "admin\r\nX: y": false, "a\xff": false,
	} {
		h := identified(t, api.Identity{Subject: "u1", Login: login})
		if d := h.decide("/lenient/x", nil); (d.Outcome == core.Allowed) != fits || fits && d.Headers.Get("X-Auth-User") != login {
			t.Errorf("%q: got %v and headers %v", login, d.Err, d.Headers)
		}
	}
}

func TestHeaders_forgedOnesNeverCount(t *testing.T) {
	h := newTestEngine(t, nil)
	forged := func() api.Header {
		return api.Header{
			"X-Auth-User": {"root"}, "X-Auth-Roles": {"administrator"}, "X-Auth-Method": {"magic"}, "X_auth_user": {"root"}, "X-Cardea-X": {"1"},
		}
	}
	anonymous := api.Header{"X-Auth-User": {""}, "X-Auth-Roles": {""}, "X-Auth-Method": {""}}
	for _, target := range []string{"/public/x", "/optional/x", "/lenient/x"} {
		if d := h.decide(target, forged()); !equalHeaders(d.Headers, anonymous) {
			t.Errorf("%s anonymously: the upstream gets %v", target, d.Headers)
		}
	}
	header := forged()
	maps.Copy(header, basicHeader("bob", password))
	want := api.Header{"X-Auth-User": {"bob"}, "X-Auth-Roles": {"subscriber"}, "X-Auth-Method": {"basic"}}
	for range 2 {
		if d := h.decide("/api/x", header); !equalHeaders(d.Headers, want) {
			t.Errorf("the upstream gets %v, want %v", d.Headers, want)
		}
	}
	if d := h.decide("/admin/x", header); d.Outcome != core.Refused {
		t.Error("forged roles were accepted")
	}
}

func equalHeaders(a, b api.Header) bool {
	return maps.EqualFunc(a, b, func(x, y []string) bool { return len(x) == 1 && len(y) == 1 && x[0] == y[0] })
}

func TestIdentityHeadersHook(t *testing.T) {
	change := func(api.Header) {}
	h := withHooks(t, func(hs *core.Hooks) {
		hs.IdentityHeaders.Declare("X-Tenant")
		hs.IdentityHeaders.Bind("x", func(_ context.Context, v core.UpstreamHeaders) (core.UpstreamHeaders, error) {
			if v.Upstream != "main" {
				t.Errorf("the hook sees upstream %q, want main", v.Upstream)
			}
			change(v.Headers)
			return v, nil
		})
	})
	header := basicHeader("bob", password)
	tests := []struct {
		name   string
		change func(api.Header)
		ok     bool
	}{
		{"adds", func(h api.Header) { h["X-Tenant"] = []string{"acme"} }, true},
		{"drops ours", func(h api.Header) { clear(h) }, true},
		{"overwrites ours", func(h api.Header) { h["X-Auth-User"] = []string{"root"} }, true},
		{"overwrites ours in place", func(h api.Header) { h["X-Auth-User"][0] = "root" }, true},
		{"another spelling", func(h api.Header) { h["x-auth-user"] = []string{"root"} }, false},
		{"an alias", func(h api.Header) { h["X_auth_user"] = []string{"root"} }, false},
		{"framing", func(h api.Header) { h["Content-Length"] = []string{"0"} }, false},
		{"hop by hop", func(h api.Header) { h["Connection"] = []string{"X-Auth-User"} }, false},
		{"credential", func(h api.Header) { h["Authorization"] = []string{"Basic x"} }, false},
		{"Cardea's own", func(h api.Header) { h["X-Cardea-Signature"] = []string{"x"} }, false},
		{"line break", func(h api.Header) { h["X-Tenant"] = []string{"a\r\nX-Auth-User: root"} }, false},
		{"no name", func(h api.Header) { h[""] = []string{"x"} }, false},
		{"not declared", func(h api.Header) { h["X-Undeclared"] = []string{"x"} }, false},
		{"name with a blank", func(h api.Header) { h["X Tenant"] = []string{"x"} }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			change = tt.change
			for range 2 { // the cached identity must not have changed either
				d := h.decide("/api/x", header)
				if (d.Outcome == core.Allowed) != tt.ok {
					t.Fatalf("got %v, want it allowed: %v", d.Err, tt.ok)
				}
				if tt.ok && (d.Headers.Get("X-Auth-User") != "bob" || d.Headers.Get("X-Auth-Roles") != "subscriber") {
					t.Errorf("the upstream gets %v", d.Headers)
				}
			}
		})
	}
	change = tests[0].change
	if d := h.decide("/api/x", header); d.Headers.Get("X-Tenant") != "acme" {
		t.Errorf("the hook's own header is missing in %v", d.Headers)
	}
}
