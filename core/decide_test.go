package core_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// allowed and anonymous are outcomes in the table; any other text is the reason of a
// refusal.
const (
	allowed   = "allowed"
	anonymous = "anonymous"
)

func outcome(d core.Decision) string {
	switch {
	case d.Outcome != core.Allowed:
		return d.Err.Reason
	case d.Anonymous():
		return anonymous
	}
	return allowed
}

func TestDecide_access(t *testing.T) {
	h := newTestEngine(t, nil)
	alice, bob := bearer(h.token("alice")), bearer(h.token("bob"))
	broken := bearer("a.b.c")
	reader, _ := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject, Scopes: []string{"read"}})
	restricted, _ := h.apiKey(core.NewAPIKey{Subject: h.alice.Subject, Roles: []string{"editor"}})
	both := api.Header{"Authorization": alice["Authorization"], "X-Api-Key": {reader}}
	twice := api.Header{"Authorization": {alice["Authorization"][0], bob["Authorization"][0]}}
	token := strings.TrimPrefix(alice["Authorization"][0], "Bearer ")
	tests := []struct {
		target string
		header api.Header
		want   string
	}{
		{"/public/x", nil, anonymous},
		{"/public/x", broken, anonymous}, // nobody looks
		{"/optional/x", nil, anonymous},
		{"/optional/x", alice, allowed},
		{"/optional/x", broken, api.ReasonTokenMalformed},
		{"/optional/x", both, api.ReasonManyCredentials},
		{"/optional/x", basicHeader("alice", "wrong"), api.ReasonWrongPassword},
		{"/lenient/x", broken, anonymous},
		{"/lenient/x", basicHeader("alice", "wrong"), anonymous},
		{"/lenient/x", both, api.ReasonManyCredentials},
		{"/lenient/x", alice, allowed},
		{"/api/x", nil, api.ReasonNoCredential},
		{"/api/x", alice, allowed},
		{"/api/x", basicHeader("alice", password), allowed},
		{"/api/x", basicHeader("alice@example.org", password), allowed},
		{"/api/x", keyHeader(reader), allowed},
		{"/api/x", bearer(reader), allowed}, // a bearer token in the form of a key is a key
		{"/api/x", api.Header{"Authorization": {"ApiKey " + reader}}, allowed},
		{"/api/x", api.Header{"Authorization": {"Digest x"}}, api.ReasonBadCredential},
		{"/api/x", twice, api.ReasonManyCredentials},
		{"/api/x", basicHeader("nobody", password), api.ReasonUnknownUser},
		{"/admin/x/y", alice, allowed},
		{"/admin/x/y", bob, api.ReasonRole},
		{"/admin/x/y", keyHeader(restricted), api.ReasonRole},
		{"/scoped/x", keyHeader(reader), allowed},
		{"/scoped/x", alice, api.ReasonScope},
		{"/token/x", api.Header{"X-Token": {token}}, allowed},
		{"/token/x", alice, allowed},
		{"/token/x", api.Header{"X-Token": {token}, "Authorization": alice["Authorization"]}, api.ReasonManyCredentials},
		{"/api/x", api.Header{"X-Token": {token}}, api.ReasonNoCredential},
		{"/strict/x", api.Header{"X-Token": {"Bearer " + token}}, allowed},
		{"/strict/x", api.Header{"X-Token": {token}}, api.ReasonBadCredential},
		{"/strict/x", alice, api.ReasonBadCredential},
		{"/methods/x", alice, allowed},
		{"/nowhere", alice, api.ReasonNoRule},
		{"/api//x", alice, api.ReasonBadPath},
		{"/api/../admin/x", alice, api.ReasonBadPath},
		{"/api/%2e%2e/admin", alice, api.ReasonBadPath},
		{"/api/a%2fb", alice, api.ReasonBadPath},
		{"/public/x;y", nil, api.ReasonBadPath},
		{"/public/%00", nil, api.ReasonBadPath},
		{"api/x", alice, api.ReasonBadPath},
		{"", alice, api.ReasonBadPath},
	}
	for _, tt := range tests {
		d := h.decide(tt.target, tt.header)
		if got := outcome(d); got != tt.want {
			t.Errorf("%s with %v: got %s (%v), want %s", tt.target, tt.header, got, d.Err, tt.want)
		}
		if (d.Outcome == core.Allowed) != (d.Headers != nil) {
			t.Errorf("%s: outcome %v with headers %v", tt.target, d.Outcome, d.Headers)
		}
		if d.Outcome == core.Refused && d.Err.Code == api.Unauthenticated && len(d.Challenge) != 3 {
			t.Errorf("%s: a 401 with challenges %q, want one a method", tt.target, d.Challenge)
		}
	}
}

func TestDecide_codes(t *testing.T) {
	h := newTestEngine(t, nil)
	alice := bearer(h.token("alice"))
	both := api.Header{"Authorization": alice["Authorization"], "X-Api-Key": {"x"}}
	twice := api.Header{"X-Api-Key": {"x", "x"}}
	tests := []struct {
		method, target, host string
		header               api.Header
		want                 api.Code
	}{
		{"GET", "/api/x", "example.org", nil, api.Unauthenticated},
		{"GET", "/api/x", "example.org", both, api.Unauthenticated},
		{"GET", "/api/x", "example.org", twice, api.Invalid},
		{"GET", "/api//x", "example.org", alice, api.Invalid},
		{"GET", "/api/x", "exa mple", alice, api.Invalid},
		{"GET", "/nowhere", "example.org", alice, api.Denied},
		{"POST", "/methods/x", "example.org", alice, api.Denied},
	}
	for _, tt := range tests {
		a := get(tt.target, tt.header)
		a.Method, a.Host = tt.method, tt.host
		if d := h.Decide(context.Background(), a); d.Outcome != core.Refused || d.Err.Code != tt.want {
			t.Errorf("%s %s at %s: got %v, want code %s", tt.method, tt.target, tt.host, d.Err, tt.want)
		}
	}
	a := get("/methods/x", alice)
	a.Method = "POST"
	if d := h.Decide(context.Background(), a); d.Err.Reason != api.ReasonMethodNotAllowed {
		t.Errorf("POST where only GET is: got %v", d.Err)
	}
}

func TestDecide_fillsInTheAttempt(t *testing.T) {
	h := newTestEngine(t, nil)
	a := get("/api/caf%C3%A9?a=b%20c", bearer(h.token("alice")))
	a.Credential = api.Credential{Kind: api.APIKeyKind, Text: "left over"}
	if d := h.Decide(context.Background(), a); d.Outcome != core.Allowed || d.Rule.Name != "all" {
		t.Fatalf("got %v under rule %v", d.Err, d.Rule)
	}
	if a.Path != "/api/café" || a.Query != "a=b%20c" || a.Credential.Kind != api.Bearer {
		t.Errorf("got path %q, query %q, credential %s", a.Path, a.Query, a.Credential.Kind)
	}
	a.RawTarget = "/public/x"
	h.Decide(context.Background(), a)
	if a.Credential != (api.Credential{}) {
		t.Errorf("on a public path the attempt keeps credential %+v", a.Credential)
	}
}

// fakeMethod answers every request.
type fakeMethod struct {
	id  api.Identity
	err error
}

func (m fakeMethod) Open(string, core.Deps) (core.Method, error) { return m, nil }

func (m fakeMethod) Name() string { return "fake" }

func (m fakeMethod) Authenticate(context.Context, api.Attempt) (api.Identity, error) {
	return m.id, m.err
}

// An error of a method refuses the request even where anonymous requests are allowed; only
// after ErrNotMine is the next method asked.
func TestDecide_methodErrors(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want api.Code
	}{
		{"unknown error", errors.New("disk on fire"), api.Internal},
		{"unavailable", api.E(api.Unavailable, "", "later"), api.Unavailable},
		{"denied", api.E(api.Denied, "", "no"), api.Denied},
		{"a fault that looks like no credential", api.E(api.Internal, api.ReasonNoCredential, ""), api.Internal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestEngine(t, func(c *core.Config) {
				c.Policy.Methods = append([]core.NamedMethod{{Name: "fake", Opener: fakeMethod{err: tt.err}}}, chain()...)
			})
			for _, target := range []string{"/optional/x", "/lenient/x", "/api/x"} {
				for _, header := range []api.Header{nil, basicHeader("alice", password)} {
					if d := h.decide(target, header); d.Outcome != core.Refused || d.Err.Code != tt.want {
						t.Errorf("%s with %d headers: got %v (%v), want code %s", target, len(header), d.Outcome, d.Err, tt.want)
					}
				}
			}
			if tt.want == api.Internal {
				h.logged("decision failed")
			}
		})
	}
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Methods = append([]core.NamedMethod{{Name: "fake", Opener: fakeMethod{err: core.ErrNotMine}}}, chain()...)
	})
	h.passes("after one that is not asked", basicHeader("alice", password), "alice")
}

func TestDecide_hooksRefuse(t *testing.T) {
	deny := core.Deny("tuesday", "closed on Tuesdays")
	broken := errors.New("hook on fire")
	binders := map[string]func(*core.Hooks, error){
		"route-exclusion": func(h *core.Hooks, err error) {
			h.RouteExclusion.Bind("x", func(_ context.Context, v core.Exclusion) (core.Exclusion, error) { v.Public = true; return v, err })
		},
		"custom-header": func(h *core.Hooks, err error) {
			h.CustomHeader.Bind("x", func(_ context.Context, v core.CredentialHeader) (core.CredentialHeader, error) { return v, err })
		},
		"token-verify": func(h *core.Hooks, err error) {
			h.TokenVerify.Bind("x", func(_ context.Context, v core.TokenCheck) (core.TokenCheck, error) { return v, err })
		},
		"identity-resolved": func(h *core.Hooks, err error) {
			h.IdentityResolved.Bind("x", func(_ context.Context, v core.Resolved) (core.Resolved, error) { return v, err })
		},
		"route-access": func(h *core.Hooks, err error) {
			h.RouteAccess.Bind("x", func(_ context.Context, v core.Access) (core.Access, error) { return v, err })
		},
		"identity-headers": func(h *core.Hooks, err error) {
			h.IdentityHeaders.Bind("x", func(_ context.Context, v core.UpstreamHeaders) (core.UpstreamHeaders, error) { return v, err })
		},
		"panics": func(h *core.Hooks, err error) {
			h.RouteAccess.Bind("x", func(_ context.Context, v core.Access) (core.Access, error) {
				if err == broken {
					panic("hook on fire")
				}
				return v, err
			})
		},
	}
	for name, bind := range binders {
		t.Run(name, func(t *testing.T) {
			for _, tt := range []struct {
				err    error
				reason string
			}{{deny, "tuesday"}, {broken, api.ReasonHookFailed}} {
				h := withHooks(t, func(hs *core.Hooks) { bind(hs, tt.err) })
				token := bearer(h.token("alice"))
				for _, target := range []string{"/api/x", "/lenient/x"} {
					d := h.decide(target, token)
					if d.Outcome != core.Refused || d.Err.Code != api.Denied || d.Err.Reason != tt.reason {
						t.Errorf("%s: got %v (%v), want denied for %s", target, d.Outcome, d.Err, tt.reason)
					}
				}
				if tt.err == broken {
					h.logged("hook on fire")
				} else if log := h.log.String(); strings.Contains(log, "ERROR") {
					t.Errorf("a refusal on purpose is logged as a fault:\n%s", log)
				}
			}
		})
	}
}

func TestDecide_routeExclusion(t *testing.T) {
	h := withHooks(t, func(hs *core.Hooks) {
		hs.RouteExclusion.Bind("x", func(_ context.Context, v core.Exclusion) (core.Exclusion, error) {
			v.Public = strings.HasPrefix(v.Attempt.Path, "/admin")
			return v, nil
		})
	})
	for target, want := range map[string]string{"/admin/x": anonymous, "/public/x": api.ReasonNoCredential, "/nowhere": api.ReasonNoRule} {
		if got := outcome(h.decide(target, nil)); got != want {
			t.Errorf("%s: got %s, want %s", target, got, want)
		}
	}
}

func TestDecide_customHeaderHook(t *testing.T) {
	names := map[string]string{"/api/a": "X-Site-Auth", "/api/b": "Connection", "/api/c": "X-Auth-User"}
	h := withHooks(t, func(hs *core.Hooks) {
		hs.CustomHeader.Bind("x", func(_ context.Context, v core.CredentialHeader) (core.CredentialHeader, error) {
			v.Name = names[v.Attempt.Path]
			return v, nil
		})
	})
	token := h.token("alice")
	for target, want := range map[string]string{
		"/api/a": allowed, "/api/b": api.ReasonHookFailed, "/api/c": api.ReasonHookFailed, "/api/d": api.ReasonNoCredential,
	} {
		header := api.Header{}
		if names[target] != "" {
			header[names[target]] = []string{token}
		}
		if got := outcome(h.decide(target, header)); got != want {
			t.Errorf("%s: got %s, want %s", target, got, want)
		}
	}
}

func TestDecide_identityResolvedCannotChangeTheSubject(t *testing.T) {
	calls := 0
	h := withHooks(t, func(hs *core.Hooks) {
		hs.IdentityResolved.Bind("x", func(_ context.Context, v core.Resolved) (core.Resolved, error) {
			calls++
			v.Identity = api.Identity{
				Subject: "u_evil", Login: "evil", Number: 1, Gen: 99, Method: "forged",
				Roles: append(v.Identity.Roles, "owner"), Scopes: []string{"read"},
			}
			return v, nil
		})
	})
	for kind, header := range map[string]api.Header{
		"bearer": bearer(h.token("bob")), "basic": basicHeader("bob", password), "apikey": h.credential("apikey"),
	} {
		for range 2 { // the hook must not change the cached roles
			d := h.decide("/api/x", header)
			id := d.Identity
			if id.Subject == "u_evil" || id.Login == "evil" || id.Gen == 99 || id.Method == "forged" {
				t.Errorf("%s: the hook made it %+v", kind, id)
			}
			if !id.HasRole("owner") || len(id.Roles) > 3 || !slices.Equal(id.Scopes, []string{"read"}) {
				t.Errorf("%s: roles %v, scopes %v; want the hook's", kind, id.Roles, id.Scopes)
			}
			if want := strings.Join(id.Roles, ","); d.Headers.Get("X-Auth-Roles") != want {
				t.Errorf("%s: the upstream gets roles %q, want %q", kind, d.Headers.Get("X-Auth-Roles"), want)
			}
		}
	}
	if calls != 6 {
		t.Errorf("asked %d times in 6 requests", calls)
	}
}

func TestDecide_tokenVerifyRunsOnceAUse(t *testing.T) {
	var seen []core.TokenCheck
	h := withHooks(t, func(hs *core.Hooks) {
		hs.TokenVerify.Bind("x", func(_ context.Context, v core.TokenCheck) (core.TokenCheck, error) {
			seen = append(seen, v)
			v.Identity.Roles, v.Claims = []string{"administrator"}, api.Claims{} // must have no effect
			return v, nil
		})
	})
	header := bearer(h.token("bob"))
	for i := range 3 {
		d := h.decide("/admin/x", header)
		if d.Err == nil || d.Err.Reason != api.ReasonRole {
			t.Errorf("got %v: token-verify must not give roles", d.Err)
		}
		if len(seen) != i+1 {
			t.Fatalf("asked %d times in %d uses", len(seen), i+1)
		}
	}
	last := seen[2]
	if last.Claims.String("sub") != "u_bob" || last.Identity.Login != "bob" || last.KeyID == "" || last.Attempt.Path != "/admin/x" {
		t.Errorf("the hook saw claims %v, key %q, identity %q", last.Claims, last.KeyID, last.Identity.Login)
	}
	for _, header := range []api.Header{basicHeader("bob", password), h.credential("apikey"), bearer("a.b.c"), nil} {
		h.decide("/api/x", header)
	}
	if len(seen) != 3 {
		t.Errorf("asked %d times more about what is no good token", len(seen)-3)
	}
}

func TestDecide_requestDeniedIsTold(t *testing.T) {
	var events []core.Event
	h := withHooks(t, func(hs *core.Hooks) {
		hs.RequestDenied.Bind("x", func(_ context.Context, ev core.Event) error {
			events = append(events, ev)
			return errors.New("listener on fire")
		})
	})
	a := get("/admin/x", basicHeader("bob", password))
	a.Peer, a.Header["User-Agent"] = netip.MustParseAddr("192.0.2.7"), []string{"curl"}
	h.Decide(context.Background(), a)
	h.drained()
	if len(events) != 1 {
		t.Fatalf("reported %d times, want once", len(events))
	}
	ev := events[0]
	if ev.Reason != api.ReasonRole || ev.Rule != "admin" || ev.Identity.Login != "bob" || ev.Peer.Addr != a.Peer ||
		ev.Peer.UserAgent != "curl" || !ev.At.Equal(h.clock.Now()) {
		t.Errorf("got event %+v", ev)
	}
	h.logged("listener on fire")
}

func TestDecide_noMethods(t *testing.T) {
	e, err := core.New(context.Background(), core.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, header := range []api.Header{nil, bearer("a.b.c"), basicHeader("a", "b")} {
		if d := e.Decide(context.Background(), get("/", header)); d.Outcome != core.Refused || d.Err.Code != api.Unauthenticated {
			t.Errorf("the zero configuration lets %v pass", header)
		}
	}
}

func TestNew_refuses(t *testing.T) {
	tests := []struct {
		name   string
		policy core.Policy
	}{
		{"two methods of one name", core.Policy{Methods: append(chain(), chain()[0])}},
		{"method without a name", core.Policy{Methods: []core.NamedMethod{{Opener: fakeMethod{}}}}},
		{"method name with a line end", core.Policy{Methods: []core.NamedMethod{{Name: "a\r\nb", Opener: fakeMethod{}}}}},
		{"method without an opener", core.Policy{Methods: []core.NamedMethod{{Name: "a"}}}},
		{"rule without a path", core.Policy{Rules: []route.Rule{{Name: "x"}}}},
		{"lifetimes out of order", core.Policy{Tokens: core.TokenPolicy{MinTTL: time.Hour, AccessTTL: time.Minute}}},
		{"lifetime below a second", core.Policy{Tokens: core.TokenPolicy{MinTTL: time.Millisecond}}},
		{"negative leeway", core.Policy{Tokens: core.TokenPolicy{Leeway: -1}}},
		{"leeway of an hour", core.Policy{Tokens: core.TokenPolicy{Leeway: time.Hour}}},
		{"token format without a name", core.Policy{TokenFormats: []core.TokenFormat{{Issuer: "x"}}}},
		{"token format called native", core.Policy{TokenFormats: []core.TokenFormat{core.NativeTokenFormat("other")}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := core.New(context.Background(), core.Config{Policy: tt.policy})
			if err == nil {
				e.Close()
				t.Error("accepted")
			}
		})
	}
}
