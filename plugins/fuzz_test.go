package plugins_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// fuzzHost returns a host whose breaker never opens.
func fuzzHost(f *testing.F) *plugins.Host {
	return openHost(f, plugins.Config{Breaker: plugins.Breaker{Failures: -1}})
}

// FuzzLoadModule: any bytes are an error or a plugin that can be called and closed within
// its limits.
func FuzzLoadModule(f *testing.F) {
	f.Add(good().Bytes())
	f.Add(setting("x"))
	for _, a := range attacks() {
		if module := a.form(true); len(module) > 0 && len(module) < 2000 {
			f.Add(module)
		}
	}
	host := fuzzHost(f)
	f.Fuzz(func(t *testing.T, module []byte) {
		if len(module) > 64<<10 {
			return
		}
		p, err := host.Load(context.Background(), plugins.Spec{Name: "fuzz", Module: module, Grants: all(), Limits: manifest.Limits{Fuel: 100_000, StartFuel: 100_000, Instances: 1, MemoryPages: 16}})
		if err != nil {
			return
		}
		for _, name := range p.Points() {
			if point, ok := abi.Lookup(name); ok && point.Filter {
				bind(t, p, name, plugins.Skip).Apply(context.Background(), newEvent())
			}
		}
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// FuzzHostCall calls one host function twice with any arguments and memory: it returns or
// ends the call, requests go only where they are granted, and the event is unchanged unless
// the hook succeeded.
func FuzzHostCall(f *testing.F) {
	imports := abi.Imports()
	for n := range imports {
		f.Add(byte(n), int64(16), int64(9), int64(64), int64(8), int64(0), []byte("claim.old claim.x \xff {\"a\":1}"))
		f.Add(byte(n), int64(16), int64(26), int64(64), int64(1024), int64(60), []byte("GET https://a.example/v1/x\n\n"))
		f.Add(byte(n), int64(-1), int64(-1), int64(1<<31), int64(1<<32-1), int64(65535), []byte("GET https://a.example/x\nA: b\n\nbody"))
	}
	granted := manifest.HTTPGrant{URL: "https://a.example/v1"}
	var strayed atomic.Pointer[string]
	host := openHost(f, plugins.Config{Breaker: plugins.Breaker{Failures: -1}, HTTP: roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Method != "GET" || r.URL.Scheme != "https" || !strings.EqualFold(r.URL.Host, "a.example") || r.URL.Path != "/v1" && !strings.HasPrefix(r.URL.Path, "/v1/") {
			where := r.Method + " " + r.URL.String()
			strayed.Store(&where)
		}
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader("body")), Request: r}, nil
	})})
	grants := all()
	grants.KV, grants.Secrets, grants.HTTP = true, []string{"s"}, []manifest.HTTPGrant{granted}
	f.Fuzz(func(t *testing.T, which byte, a, b, c, d, e int64, memory []byte) {
		i := imports[int(which)%len(imports)]
		if len(memory) > 32<<10 {
			return
		}
		g := newGuest(i.Name)
		g.Data(16, string(memory))
		var call []byte
		for n, kind := range i.Params {
			value := []int64{a, b, c, d, e}[n]
			if kind == 'I' {
				call = asm.Cat(call, asm.I64(value))
			} else {
				call = asm.Cat(call, asm.I32(int32(value)))
			}
		}
		call = asm.Cat(call, asm.Call(g.calls[i.Name]))
		if i.Result != "" {
			call = asm.Cat(call, asm.Op(asm.Drop))
		}
		change := asm.Cat(g.set("claim.old", "changed"), g.set("claim.x", "new"))
		g.hook("token-claims", change, call, call, asm.I32(abi.NotApplicable)) // again: what the first left behind
		p, err := host.Load(context.Background(), plugins.Spec{Name: "fuzz", Module: g.Bytes(), Grants: grants, Limits: manifest.Limits{Instances: 1}})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close(context.Background())
		got, err := bind(t, p, "token-claims", plugins.Skip).Apply(context.Background(), newEvent())
		if err != nil || len(got.fields) != len(newEvent().fields) || got.text("claim.old") != "was" {
			t.Errorf("%s: got %v, %v; want the event unchanged", i.Name, got.fields, err)
		}
		if where := strayed.Swap(nil); where != nil {
			t.Errorf("a request goes to %s", *where)
		}
	})
}

// FuzzHookResult: whatever status a hook returns, the event changes only after continue and
// stop, is refused only after refuse and failures, and nothing else happens.
func FuzzHookResult(f *testing.F) {
	for _, status := range []int32{0, 1, 2, 3, 4, -1, 256, 1 << 30, -1 << 31} {
		f.Add(status, "claim.x", "value", true)
		f.Add(status, "user.login", "\xff", false)
	}
	host := fuzzHost(f)
	f.Fuzz(func(t *testing.T, status int32, key, value string, deny bool) {
		if len(key)+len(value) > 32<<10 {
			return
		}
		g := newGuest()
		g.hook("token-claims", g.set(key, value), asm.I32(status))
		p, err := host.Load(context.Background(), plugins.Spec{Name: "fuzz", Module: g.Bytes(), Grants: all(), Limits: manifest.Limits{Instances: 1}})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close(context.Background())
		onError := plugins.Skip
		if deny {
			onError = plugins.Deny
		}
		got, err := bind(t, p, "token-claims", onError).Apply(context.Background(), newEvent())
		keeps := status == abi.Continue || status == abi.Stop
		broken := status < 0 || status > abi.NotApplicable
		if refused := status == abi.Refuse || broken && deny; (err != nil) != refused {
			t.Errorf("status %d, %s: got %v, want an error: %v", status, onError, err, refused)
		}
		var fault *plugins.Fault
		if errors.As(err, &fault) != (broken && deny) || err != nil && api.CodeOf(err) != api.Denied {
			t.Errorf("status %d: %v", status, err)
		}
		was := newEvent()
		for k, v := range got.fields {
			if old, ok := was.fields[k]; (!ok || old != v) && (!keeps || k != key) {
				t.Errorf("status %d changed %q to %v", status, k, v)
			}
		}
	})
}
