package plugins_test

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// guest is a module that imports the ABI and has space for texts.
type guest struct {
	*asm.Module
	calls map[string]uint32
	next  int32
}

// newGuest imports what needs no grant, and the named functions.
func newGuest(granted ...string) *guest {
	g := &guest{Module: &asm.Module{}, calls: map[string]uint32{}, next: 1024}
	special := []string{"secret_get", "kv_get", "kv_put", "kv_incr", "http_fetch"}
	for _, i := range abi.Imports() {
		if !slices.Contains(special, i.Name) || slices.Contains(granted, i.Name) {
			g.calls[i.Name] = g.Import(abi.Module, i.Name, i.Params, i.Result)
		}
	}
	g.Memory(1, 0)
	g.Marker()
	return g
}

// call calls a host function with the values that args push.
func (g *guest) call(name string, args ...[]byte) []byte {
	return asm.Cat(asm.Cat(args...), asm.Call(g.calls[name]))
}

// text puts s into memory and pushes its pointer and length.
func (g *guest) text(s string) []byte {
	at := g.next
	g.Data(at, s)
	g.next += int32(len(s)) + 1
	return asm.Cat(asm.I32(at), asm.I32(int32(len(s))))
}

// hook adds the hook of a point; the last value of the body is its status.
func (g *guest) hook(point string, body ...[]byte) *guest {
	g.Export(abi.Export(point), g.Func("", "i", body...))
	return g
}

// set returns code that sets a claim and ignores the result.
func (g *guest) set(key, value string) []byte {
	return asm.Cat(g.call("set", g.text(key), g.text(value)), asm.Op(asm.Drop))
}

// event is a value with the keys of any point.
type event struct {
	fields   map[string]hooks.Value
	readOnly []string
}

func newEvent() event {
	return event{fields: map[string]hooks.Value{
		"lifetime": hooks.Int(604800), "exp": hooks.Int(1604800), "iat": hooks.Int(1000000),
		"user.login": hooks.String("ada"), "claim.old": hooks.String("was"), "claim.n": hooks.Int(7),
		"public": hooks.Bool(false), "user.roles": hooks.JSON(`["editor"]`),
	}}
}

func (e event) text(key string) string { return e.fields[key].Text() }

type eventView struct{ e *event }

func (v eventView) Get(key string) (hooks.Value, bool) {
	value, ok := v.e.fields[key]
	return value, ok
}

func (v eventView) Save() func() {
	before := *v.e
	return func() { *v.e = before }
}

func (v eventView) Set(key string, value hooks.Value) error {
	if slices.Contains(v.e.readOnly, key) {
		return hooks.ErrReadOnly
	}
	v.e.fields = maps.Clone(v.e.fields)
	v.e.fields[key] = value
	return nil
}

func (v eventView) Delete(key string) error {
	v.e.fields = maps.Clone(v.e.fields)
	delete(v.e.fields, key)
	return nil
}

func (v eventView) Keys(prefix string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(v.e.fields)), func(key string) bool { return !strings.HasPrefix(key, prefix) })
}

type viewer struct{}

func (viewer) View(e *event) hooks.View { return eventView{e} }
func (viewer) Fields() []hooks.Field    { return nil }

func filter(name string) *hooks.Filter[event] { return hooks.NewFilter[event](name).WithView(viewer{}) }

// all grants everything.
func all() manifest.Grants {
	return manifest.Grants{Read: []string{"*"}, Write: []string{"*"}, Allow: []string{abi.AllowExtend, abi.AllowWiden}}
}

func openHost(t testing.TB, cfg plugins.Config) *plugins.Host {
	t.Helper()
	cfg.InProcess = true
	host, err := plugins.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := host.Close(context.Background()); err != nil {
			t.Errorf("close host: %v", err)
		}
	})
	return host
}

func load(t testing.TB, cfg plugins.Config, spec plugins.Spec) *plugins.Plugin {
	t.Helper()
	if spec.Name == "" {
		spec.Name = "test"
	}
	p, err := openHost(t, cfg).Load(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func bind(t testing.TB, p *plugins.Plugin, point, onError string) *hooks.Filter[event] {
	t.Helper()
	f := filter(point)
	if err := p.Bind(f, plugins.Binding{OnError: onError}); err != nil {
		t.Fatal(err)
	}
	return f
}

// run loads a guest with all grants and applies it to a new event.
func run(t testing.TB, g *guest, point, onError string) (event, error) {
	t.Helper()
	p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: all()})
	return bind(t, p, point, onError).Apply(context.Background(), newEvent())
}

// logTo returns a logger that writes to b at debug level.
func logTo(b *strings.Builder) *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
