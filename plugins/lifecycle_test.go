package plugins_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// setting returns a plugin that sets claim.v to value.
func setting(value string) []byte {
	g := newGuest()
	return g.hook("token-claims", g.set("claim.v", value), asm.I32(0)).Bytes()
}

func trapping() []byte {
	g := newGuest()
	return g.hook("token-claims", g.set("claim.v", "half"), asm.Op(asm.Unreachable)).Bytes()
}

func apply(t *testing.T, point *hooks.Filter[event]) string {
	t.Helper()
	got, err := point.Apply(context.Background(), newEvent())
	if err != nil {
		return "refused: " + api.ReasonOf(err)
	}
	return got.text("claim.v")
}

func writeModule(t *testing.T, file string, module []byte) {
	t.Helper()
	next := file + ".new"
	if err := os.WriteFile(next, module, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, file); err != nil {
		t.Fatal(err)
	}
}

func TestReload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.wasm")
	writeModule(t, file, setting("one"))
	p := load(t, plugins.Config{}, plugins.Spec{File: file, Grants: all()})
	point := bind(t, p, "token-claims", plugins.Deny)
	if got := apply(t, point); got != "one" {
		t.Fatalf("apply: got %q, want \"one\"", got)
	}
	writeModule(t, file, setting("two"))
	if err := p.Reload(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := apply(t, point); got != "two" {
		t.Errorf("after the reload: got %q, want \"two\"", got)
	}
	other := newGuest()
	other.hook("login-after", asm.I32(0))
	refuses := newGuest()
	refuses.Export("configure", refuses.Func("", "i", asm.I32(-1)))
	refuses.hook("token-claims", asm.I32(0))
	digest := p.Digest()
	for name, test := range map[string]struct {
		module []byte
		want   string
	}{
		"no module":         {[]byte("half a fi"), "not a module"},
		"without the hook":  {other.Bytes(), "it is bound to token-claims"},
		"refuses its setup": {refuses.Bytes(), "refuses its configuration"},
	} {
		writeModule(t, file, test.module)
		if err := p.Reload(context.Background()); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Reload() = %v, want an error with %q", name, err, test.want)
		}
		if got := apply(t, point); got != "two" || p.Digest() != digest {
			t.Errorf("%s: the running version was removed: %q", name, got)
		}
	}
	if err := p.Replace(context.Background(), plugins.Spec{Module: setting("three"), Grants: manifest.Grants{}}); err != nil {
		t.Fatal(err)
	}
	if got := apply(t, point); got != "" {
		t.Errorf("without grants: got %q, want \"\"", got)
	}
	if err := p.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := p.Reload(context.Background()); !errors.Is(err, plugins.ErrClosed) {
		t.Errorf("after Close: Reload() = %v, want error %q", err, plugins.ErrClosed)
	}
}

// TestReload_duringCall: a running call finishes in its version, which is then closed;
// meanwhile new calls use the new one.
func TestReload_duringCall(t *testing.T) {
	g, w, cfg := blocking()
	p := load(t, cfg, plugins.Spec{Module: g.Bytes(), Grants: all(), Limits: manifest.Limits{Wait: time.Minute}})
	point := bind(t, p, "auth-expire", plugins.Deny)
	done := make(chan error, 1)
	go func() {
		_, err := point.Apply(context.Background(), newEvent())
		done <- err
	}()
	<-w.enter
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	old, replaced := p.Digest(), make(chan error, 1)
	go func() { replaced <- p.Replace(ctx, plugins.Spec{Module: good().Bytes()}) }()
	for p.Digest() == old {
		select {
		case err := <-replaced:
			t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel() // it waits for the running call no longer
	if err := <-replaced; err != nil {
		t.Fatal(err)
	}
	if _, err := point.Apply(context.Background(), newEvent()); err != nil {
		t.Errorf("a new call: %v", err)
	}
	w.leave <- struct{}{}
	if err := <-done; err != nil {
		t.Errorf("the running call: %v", err)
	}
}

// TestReload_underLoad: no call fails while the plugin is replaced.
func TestReload_underLoad(t *testing.T) {
	p := load(t, plugins.Config{}, plugins.Spec{Module: setting("x"), Grants: all(), Limits: manifest.Limits{Wait: time.Minute}})
	point := bind(t, p, "token-claims", plugins.Deny)
	stop := make(chan struct{})
	var calls sync.WaitGroup
	for range 4 {
		calls.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := point.Apply(context.Background(), newEvent()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := range 20 {
		if err := p.Replace(context.Background(), plugins.Spec{Module: setting(strings.Repeat("y", n+1)), Grants: all(), Limits: manifest.Limits{Wait: time.Minute}}); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	calls.Wait()
}

func TestWatch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.wasm")
	writeModule(t, file, setting("one"))
	host := openHost(t, plugins.Config{})
	p, err := host.Load(context.Background(), plugins.Spec{File: file, Grants: all()})
	if err != nil {
		t.Fatal(err)
	}
	point := bind(t, p, "token-claims", plugins.Deny)
	ctx, cancel := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	watching.Go(func() { host.Watch(ctx, time.Millisecond) })
	writeModule(t, file, []byte("nonsense"))
	writeModule(t, file, setting("second"))
	for deadline := time.Now().Add(20 * time.Second); apply(t, point) != "second"; {
		if time.Now().After(deadline) {
			t.Fatal("the new version did not go live")
		}
		runtime.Gosched()
	}
	cancel()
	watching.Wait()
}

// TestWatch_slow: a plugin that is slow to reload does not delay others, and times out.
func TestWatch_slow(t *testing.T) {
	dir := t.TempDir()
	slow, quick := filepath.Join(dir, "slow.wasm"), filepath.Join(dir, "quick.wasm")
	asked := make(chan context.Context, 1)
	host := openHost(t, plugins.Config{SelfTest: func(ctx context.Context, c plugins.Candidate) error {
		if string(c.Vectors) == "slow" {
			asked <- ctx
			<-ctx.Done()
		}
		return ctx.Err()
	}})
	var loaded []*plugins.Plugin
	for _, file := range []string{slow, quick} {
		writeModule(t, file, setting("one"))
		p, err := host.Load(context.Background(), plugins.Spec{File: file, Grants: all()})
		if err != nil {
			t.Fatal(err)
		}
		loaded = append(loaded, p)
	}
	point := bind(t, loaded[1], "token-claims", plugins.Deny)
	ctx, cancel := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	watching.Go(func() { host.Watch(ctx, time.Millisecond) })
	writeModule(t, filepath.Join(dir, "slow.vectors.json"), []byte("slow"))
	during := <-asked
	if _, bounded := during.Deadline(); !bounded {
		t.Error("nothing ends the slow one")
	}
	writeModule(t, quick, setting("second"))
	for deadline := time.Now().Add(20 * time.Second); apply(t, point) != "second"; {
		if time.Now().After(deadline) {
			t.Fatal("the slow one holds the other up")
		}
		runtime.Gosched()
	}
	cancel()
	watching.Wait()
}

// TestLastGood_halfCommitted: if the point refuses some of a version's changes, the
// previous version sees none of them: set, change or delete.
func TestLastGood_halfCommitted(t *testing.T) {
	calm := newGuest()
	calm.hook("token-claims", calm.set("claim.seen", "yes"), asm.I32(0))
	broken := newGuest()
	broken.hook("token-claims", broken.set("claim.tier", "gold"), broken.set("claim.tier", "silver"), broken.set("claim.old", "new"),
		broken.call("del", broken.text("claim.n")), asm.Op(asm.Drop), broken.set("claim.stuck", "5"), broken.set("claim.late", "1"), asm.I32(0))
	p := load(t, plugins.Config{}, plugins.Spec{Module: calm.Bytes(), Grants: all()})
	point := bind(t, p, "token-claims", plugins.LastGood)
	if err := p.Replace(context.Background(), plugins.Spec{Module: broken.Bytes(), Grants: all()}); err != nil {
		t.Fatal(err)
	}
	e := newEvent()
	e.readOnly = []string{"claim.stuck"}
	want := maps.Clone(e.fields)
	want["claim.seen"] = hooks.String("yes")
	got, err := point.Apply(context.Background(), e)
	if err != nil || !maps.Equal(got.fields, want) {
		t.Errorf("got %v, %v, want %v", got.fields, err, want)
	}
	unsaved := hooks.NewFilter[event]("token-claims").WithView(unsavedViewer{})
	if err := p.Bind(unsaved, plugins.Binding{OnError: plugins.LastGood}); err != nil {
		t.Fatal(err)
	}
	if _, err := unsaved.Apply(context.Background(), e); api.ReasonOf(err) != api.ReasonHookFailed {
		t.Errorf("of a view that cannot put it back: got %v, want reason %q", err, api.ReasonHookFailed)
	}
}

// unsavedViewer makes views that do not implement hooks.Saver.
type unsavedViewer struct{ viewer }

func (unsavedViewer) View(e *event) hooks.View { return struct{ hooks.View }{eventView{e}} }

// TestLastGood: if the new version fails, the previous one is called; without one the call
// is refused.
func TestLastGood(t *testing.T) {
	p := load(t, plugins.Config{}, plugins.Spec{Module: setting("good"), Grants: all()})
	point := bind(t, p, "token-claims", plugins.LastGood)
	if err := p.Replace(context.Background(), plugins.Spec{Module: trapping(), Grants: all()}); err != nil {
		t.Fatal(err)
	}
	for range 10 { // some while the new version is disabled
		if got := apply(t, point); got != "good" {
			t.Fatalf("apply: got %q, want \"good\"", got)
		}
	}
	if p.Paused().IsZero() {
		t.Error("the version that breaks is not disabled")
	}
	alone := load(t, plugins.Config{}, plugins.Spec{Module: trapping(), Grants: all()})
	if got := apply(t, bind(t, alone, "token-claims", plugins.LastGood)); got != "refused: "+api.ReasonHookFailed {
		t.Errorf("without a version before: %q", got)
	}
}

// TestBreaker steps through its states with a fake clock.
func TestBreaker(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	var class string
	works := true
	g := newGuest("kv_get")
	g.hook("token-claims", // a hook that works or traps, as its kv entry says
		g.call("kv_get", g.text("broken"), asm.I32(0), asm.I32(8)), asm.I32(-1), asm.Op(0x47), asm.If(asm.Op(asm.Unreachable)),
		g.set("claim.v", "fine"), asm.I32(0))
	kv := &plugins.MemoryKV{}
	cfg := plugins.Config{KV: kv, Now: func() time.Time { return now }, OnFault: func(_ context.Context, f *plugins.Fault) { class = f.Class }}
	grants := all()
	grants.KV = true
	point := bind(t, load(t, cfg, plugins.Spec{Name: "b", Module: g.Bytes(), Grants: grants}), "token-claims", plugins.Deny)
	call := func(want string) {
		t.Helper()
		class = ""
		e := api.PluginEntry{Plugin: "b", Key: "broken", Value: []byte("1"), Expires: now.Add(time.Hour)}
		if works {
			e.Expires = now.Add(-time.Second)
		}
		if err := kv.PluginPut(context.Background(), e, now, api.PluginQuota{Entries: 9, Bytes: 999}); err != nil {
			t.Fatal(err)
		}
		if apply(t, point); class != want {
			t.Errorf("class %q, want %q", class, want)
		}
	}
	call("")
	works = false
	for range 5 {
		call(plugins.FaultTrap)
	}
	works = true
	call(plugins.FaultPaused) // for a second, whatever the hook would do
	now = now.Add(1100 * time.Millisecond)
	works = false
	call(plugins.FaultTrap) // one may try
	works = true
	now = now.Add(1100 * time.Millisecond)
	call(plugins.FaultPaused) // for two seconds now
	now = now.Add(time.Second)
	call("") // well again
	works = false
	for range 4 {
		call(plugins.FaultTrap)
	}
	now = now.Add(11 * time.Second) // the four failures have expired
	call(plugins.FaultTrap)
	call(plugins.FaultTrap)
}

func TestShadow(t *testing.T) {
	var told []plugins.Shadow
	cfg := plugins.Config{OnShadow: func(_ context.Context, s plugins.Shadow) { told = append(told, s) }}
	for _, test := range []struct {
		name string
		body func(g *guest) []byte
		keys string
		deny bool
	}{
		{"differs", func(g *guest) []byte { return asm.Cat(g.set("claim.old", "new"), asm.I32(0)) }, "claim.old", false},
		{"agrees", func(g *guest) []byte { return asm.Cat(g.set("claim.old", "was"), asm.I32(0)) }, "", false},
		{"agrees in the end", func(g *guest) []byte { return asm.Cat(g.set("claim.old", "x"), g.set("claim.old", "was"), asm.I32(0)) }, "", false},
		{"refuses", func(*guest) []byte { return asm.I32(abi.Refuse) }, "", true},
		{"deletes", func(g *guest) []byte {
			return asm.Cat(g.call("del", g.text("claim.old")), asm.Op(asm.Drop), asm.I32(abi.Stop))
		}, "claim.old", false},
	} {
		told = nil
		g := newGuest()
		g.hook("token-claims", test.body(g))
		p := load(t, cfg, plugins.Spec{Name: "s", Module: g.Bytes(), Grants: all()})
		point := filter("token-claims")
		if err := p.Bind(point, plugins.Binding{Shadow: true}); err != nil {
			t.Fatal(err)
		}
		got, err := point.Apply(context.Background(), newEvent())
		if err != nil || got.text("claim.old") != "was" || len(got.fields) != len(newEvent().fields) {
			t.Errorf("%s: it changed something: %v, %v", test.name, got.fields, err)
		}
		if len(told) != 1 || told[0].Refuses != test.deny {
			t.Fatalf("%s: got the shadow runs %+v, want one that refuses: %v", test.name, told, test.deny)
		}
		keys := ""
		for _, d := range told[0].Differences {
			keys += d.Key
		}
		if keys != test.keys {
			t.Errorf("%s: differs in %q, want %q", test.name, keys, test.keys)
		}
	}
	p := load(t, cfg, plugins.Spec{Name: "s", Module: trapping(), Grants: all()})
	point := filter("token-claims")
	if err := p.Bind(point, plugins.Binding{Shadow: true, OnError: plugins.Deny}); err != nil {
		t.Fatal(err)
	}
	if got := apply(t, point); got != "" {
		t.Errorf("a shadow that traps: got %q, want \"\"", got)
	}
}

func TestSignature(t *testing.T) {
	key, err := keys.Generate("EdDSA", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	module, text := good().Bytes(), []byte(`{"name":"m","version":"1","abi":{"major":1,"minor":0},"hooks":["auth-expire"]}`)
	signature, err := manifest.Sign(module, text, key)
	if err != nil {
		t.Fatal(err)
	}
	public := key
	public.Private = nil
	for _, test := range []struct {
		name string
		spec plugins.Spec
		keys []api.Key
		want string
	}{
		{"good", plugins.Spec{Module: module, Manifest: text, Signature: signature, Signed: true}, []api.Key{public}, ""},
		{"none and none wanted", plugins.Spec{Module: module, Manifest: text, SHA256: sha(module)}, []api.Key{public}, ""},
		{"none", plugins.Spec{Module: module, Manifest: text, Signed: true}, []api.Key{public}, "not signed"},
		{"no key", plugins.Spec{Module: module, Manifest: text, Signature: signature, Signed: true}, nil, "no trusted key"},
		{"other module", plugins.Spec{Module: setting("x"), Manifest: text, Signature: signature}, []api.Key{public}, "sign this module"},
		{"other manifest", plugins.Spec{Module: module, Manifest: []byte(strings.Replace(string(text), `"1"`, `"2"`, 1)), Signature: signature}, []api.Key{public}, "another manifest"},
		{"no manifest", plugins.Spec{Name: "m", Module: module, Signature: signature}, []api.Key{public}, "another manifest"},
	} {
		host, err := plugins.Open(context.Background(), plugins.Config{Keys: test.keys})
		if err != nil {
			t.Fatal(err)
		}
		p, err := host.Load(context.Background(), test.spec)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
		if test.name == "good" && err == nil && p.Signer() != key.ID {
			t.Errorf("signer %q, want %q", p.Signer(), key.ID)
		}
		if err := host.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

// signer signs plugins as an author.
type signer struct {
	key, public api.Key
}

func newSigner(t *testing.T) signer {
	t.Helper()
	key, err := keys.Generate("EdDSA", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := signer{key, key}
	s.public.Private = nil
	return s
}

// spec returns a signed plugin with a hook for token-claims.
func (s signer) spec(t *testing.T, name, version string) plugins.Spec {
	t.Helper()
	module, text := setting(name+version), fmt.Appendf(nil, `{"name":%q,"version":%q,"abi":{"major":1,"minor":0},"hooks":["token-claims"]}`, name, version)
	signature, err := manifest.Sign(module, text, s.key)
	if err != nil {
		t.Fatal(err)
	}
	return plugins.Spec{Name: "tenants", Module: module, Manifest: text, Signature: signature, Signed: true}
}

// TestSignature_name: a signed plugin cannot replace another one of the same signer.
func TestSignature_name(t *testing.T) {
	ctx, author := context.Background(), newSigner(t)
	host := openHost(t, plugins.Config{Keys: []api.Key{author.public}})
	p, err := host.Load(ctx, author.spec(t, "tenants", "1.0"))
	if err != nil {
		t.Fatal(err)
	}
	other := author.spec(t, "logger", "2.0")
	if err := p.Replace(ctx, other); err == nil || !strings.Contains(err.Error(), `the name in its manifest is "logger", must be "tenants"`) {
		t.Errorf("another plugin of the signer: got %v, want an error with %q", err, `the name in its manifest is "logger", must be "tenants"`)
	}
	other.ManifestName = "logger"
	if err := p.Replace(ctx, other); err != nil {
		t.Errorf("that the operator means: %v", err)
	}
	other.ManifestName, other.Signed, other.Signature = "tenants", false, nil
	if err := p.Replace(ctx, other); err == nil || !strings.Contains(err.Error(), `must be "tenants"`) {
		t.Errorf("unsigned, of another name than asked for: got %v, want an error with %q", err, `must be "tenants"`)
	}
	other.ManifestName = ""
	if err := p.Replace(ctx, other); err != nil {
		t.Errorf("unsigned: %v", err)
	}
	nameless := plugins.Spec{Name: "tenants", Module: setting("x"), Signed: true}
	if nameless.Signature, err = manifest.Sign(nameless.Module, nil, author.key); err != nil {
		t.Fatal(err)
	}
	if err := p.Replace(ctx, nameless); err == nil || !strings.Contains(err.Error(), "a signed plugin needs one") {
		t.Errorf("signed without a manifest: got %v, want an error with %q", err, "a signed plugin needs one")
	}
}

// TestReload_older: an older signed version is not loaded unless it is pinned.
func TestReload_older(t *testing.T) {
	ctx, author := context.Background(), newSigner(t)
	var log strings.Builder
	host := openHost(t, plugins.Config{Keys: []api.Key{author.public}, Logger: logTo(&log)})
	p, err := host.Load(ctx, author.spec(t, "tenants", "1.9"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		version string
		older   bool
	}{
		{"1.10", false}, {"v1.10.0", false}, {"1.9.9", true}, {"1.10.0-rc.1", true}, {"", true}, {"newest", true},
		{"2.0-rc.2", false}, {"2.0-rc.10", false}, {"2.0-rc.9", true}, {"2.0+build", false}, {"2", false},
	} {
		err := p.Replace(ctx, author.spec(t, "tenants", test.version))
		if test.older != (err != nil && strings.Contains(err.Error(), "is older than")) || !test.older && err != nil {
			t.Errorf("%q: got %v, want it refused as older: %v", test.version, err, test.older)
		}
	}
	old := author.spec(t, "tenants", "1.0")
	old.SHA256 = sha(old.Module)
	if err := p.Replace(ctx, old); err != nil || !strings.Contains(log.String(), "plugin downgraded") {
		t.Errorf("pinned: %v; the log says %s", err, log.String())
	}
	log.Reset()
	old = author.spec(t, "tenants", "0.9")
	old.Signed, old.Signature = false, nil
	if err := p.Replace(ctx, old); err != nil || !strings.Contains(log.String(), "plugin downgraded") {
		t.Errorf("unsigned: %v; the log says %s", err, log.String())
	}
}

func TestSelfTest(t *testing.T) {
	var got plugins.Candidate
	verdict := errors.New("vector 1: wrong")
	cfg := plugins.Config{SelfTest: func(_ context.Context, c plugins.Candidate) error { got = c; return verdict }}
	host := openHost(t, cfg)
	spec := plugins.Spec{Name: "x", Module: good().Bytes(), Vectors: []byte(`{}`)}
	if _, err := host.Load(context.Background(), spec); !errors.Is(err, verdict) {
		t.Errorf("Load: got %v, want error %q", err, verdict)
	}
	verdict = nil
	p, err := host.Load(context.Background(), spec)
	if err != nil || string(got.Vectors) != "{}" || got.Name != "x" || len(got.Module) == 0 {
		t.Fatalf("got %+v, %v; want module, name x and vectors {}", got, err)
	}
	verdict = errors.New("wrong again")
	if err := p.Replace(context.Background(), spec); !errors.Is(err, verdict) {
		t.Errorf("a reload went live in spite of its vectors: got %v, want error %q", err, verdict)
	}
	inside := good()
	inside.Custom(abi.VectorsSection, "inside")
	if _, err := host.Load(context.Background(), plugins.Spec{Name: "y", Module: inside.Bytes()}); err == nil || string(got.Vectors) != "inside" {
		t.Errorf("vectors of the section: %q, %v", got.Vectors, err)
	}
	manifest := `{"name":"m","version":"1","abi":{"major":1,"minor":0},"hooks":["auth-expire"],"vectors":"00"}`
	if _, err := host.Load(context.Background(), plugins.Spec{Module: good().Bytes(), Manifest: []byte(manifest), Vectors: []byte("{}")}); err == nil || !strings.Contains(err.Error(), "the manifest has vectors with SHA-256 00") {
		t.Errorf("other vectors than the manifest's: got %v, want an error with %q", err, "the manifest has vectors with SHA-256 00")
	}
}
