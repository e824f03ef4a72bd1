package plugins_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

func TestCall_commits(t *testing.T) {
	g := newGuest()
	g.hook("token-claims",
		g.set("claim.new", "added"), g.set("claim.old", "changed"),
		g.call("set_i64", g.text("claim.count"), asm.I64(42)), asm.Op(asm.Drop),
		g.call("set_json", g.text("claim.list"), g.text(`["a",{"b":1}]`)), asm.Op(asm.Drop),
		g.call("del", g.text("claim.n")), asm.Op(asm.Drop),
		asm.I32(abi.Continue))
	got, err := run(t, g, "token-claims", plugins.Deny)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"claim.new": "added", "claim.old": "changed", "claim.count": "42", "claim.list": `["a",{"b":1}]`} {
		if got.text(key) != want {
			t.Errorf("%s = %q, want %q", key, got.text(key), want)
		}
	}
	if _, ok := got.fields["claim.n"]; ok {
		t.Error("claim.n is still there")
	}
	if !got.fields["claim.list"].IsJSON() || got.fields["claim.new"].IsJSON() {
		t.Error("set_json must make JSON, and set a text")
	}
}

// TestCall_outcomes runs hooks that set a claim and then end in every way: their changes
// are kept only after continue and stop.
func TestCall_outcomes(t *testing.T) {
	for _, test := range []struct {
		name   string
		end    []byte
		kept   bool
		deny   string // reason with on_error: deny, or "" if allowed
		skip   string // and under skip
		public string
		class  string // of the fault, "" without one
	}{
		{name: "continue", end: asm.I32(abi.Continue), kept: true},
		{name: "stop", end: asm.I32(abi.Stop), kept: true},
		{name: "not applicable", end: asm.I32(abi.NotApplicable)},
		{name: "refuse", end: asm.I32(abi.Refuse), deny: api.ReasonHook, skip: api.ReasonHook},
		{name: "negative", end: asm.I32(-7), deny: api.ReasonHookFailed, class: plugins.FaultReported},
		{name: "unknown status", end: asm.I32(4), deny: api.ReasonHookFailed, class: plugins.FaultStatus},
		{name: "status 256", end: asm.I32(256), deny: api.ReasonHookFailed, class: plugins.FaultStatus},
		{name: "smallest status", end: asm.I32(-1 << 31), deny: api.ReasonHookFailed, class: plugins.FaultReported},
		{name: "trap", end: asm.Op(asm.Unreachable), deny: api.ReasonHookFailed, class: plugins.FaultTrap},
		{name: "division by zero", end: asm.Cat(asm.I32(1), asm.I32(0), asm.Op(asm.DivS)), deny: api.ReasonHookFailed, class: plugins.FaultTrap},
		{name: "outside the memory", end: asm.Cat(asm.I32(-4), asm.Load()), deny: api.ReasonHookFailed, class: plugins.FaultTrap},
		{name: "endless loop", end: asm.Cat(asm.Loop(asm.Br(0)), asm.I32(0)), deny: api.ReasonHookFailed, class: plugins.FaultFuel},
	} {
		for _, onError := range []string{plugins.Deny, plugins.Skip} {
			t.Run(test.name+"/"+onError, func(t *testing.T) {
				g := newGuest()
				g.hook("token-claims", g.set("claim.new", "added"), test.end)
				var faults []*plugins.Fault
				p := load(t, plugins.Config{OnFault: func(_ context.Context, f *plugins.Fault) { faults = append(faults, f) }},
					plugins.Spec{Module: g.Bytes(), Grants: all(), Limits: manifest.Limits{Fuel: 100_000}})
				point := bind(t, p, "token-claims", onError)
				want := test.deny
				if onError == plugins.Skip {
					want = test.skip
				}
				for range 2 { // the second call gets a working instance
					got, err := point.Apply(context.Background(), newEvent())
					if api.ReasonOf(err) != want {
						t.Fatalf("got %v, want reason %q", err, want)
					}
					if want != "" && api.CodeOf(err) != api.Denied {
						t.Errorf("code %s, want %s", api.CodeOf(err), api.Denied)
					}
					if _, kept := got.fields["claim.new"]; kept != test.kept {
						t.Errorf("claim.new kept: %v, want %v", kept, test.kept)
					}
					if want == "" && got.text("claim.old") != "was" {
						t.Errorf("the event was damaged: %v", got)
					}
				}
				if test.class == "" && len(faults) > 0 || test.class != "" && (len(faults) != 2 || faults[0].Class != test.class) {
					t.Errorf("faults %v, want two of class %q", faults, test.class)
				}
			})
		}
	}
}

// TestCall_keepsEarlierHandlers: changes by handlers before a broken one are kept.
func TestCall_keepsEarlierHandlers(t *testing.T) {
	g := newGuest()
	g.hook("token-claims", g.set("claim.new", "guest"), asm.Op(asm.Unreachable))
	point := bind(t, load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: all()}), "token-claims", plugins.Skip)
	if err := point.Bind("native", func(_ context.Context, e event) (event, error) {
		err := eventView{&e}.Set("claim.native", hooks.String("yes"))
		return e, err
	}, hooks.Order(-1)); err != nil {
		t.Fatal(err)
	}
	got, err := point.Apply(context.Background(), newEvent())
	if err != nil || got.text("claim.native") != "yes" || got.text("claim.new") != "" {
		t.Errorf("got %v, %v; want claim.native yes and no claim.new", got.fields, err)
	}
}

func TestCall_stopEndsTheChain(t *testing.T) {
	for status, want := range map[int32]bool{abi.Stop: false, abi.Continue: true} {
		g := newGuest()
		g.hook("token-claims", asm.I32(status))
		point := bind(t, load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: all()}), "token-claims", plugins.Deny)
		ran := false
		if err := point.Bind("later", func(_ context.Context, e event) (event, error) { ran = true; return e, nil }, hooks.Order(1)); err != nil {
			t.Fatal(err)
		}
		if _, err := point.Apply(context.Background(), newEvent()); err != nil || ran != want {
			t.Errorf("status %d: later handler ran %v (%v), want %v", status, ran, err, want)
		}
	}
}

// TestCall_stopSwitchesNothingOff: stop does not skip later hooks at points that decide,
// nor at any point for a hook that may not write.
func TestCall_stopSwitchesNothingOff(t *testing.T) {
	for _, at := range abi.Points() {
		for name, grants := range map[string]manifest.Grants{"none": {}, "read": {Read: []string{"*"}}, "all": all()} {
			if !at.Filter {
				continue
			}
			g := newGuest()
			g.hook(at.Name, asm.I32(abi.Stop))
			point := bind(t, load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: grants}), at.Name, plugins.Deny)
			ran := false
			if err := point.Bind("later", func(_ context.Context, e event) (event, error) { ran = true; return e, nil }, hooks.Order(1)); err != nil {
				t.Fatal(err)
			}
			if _, err := point.Apply(context.Background(), newEvent()); err != nil || ran != (!at.Enrich || name != "all") {
				t.Errorf("%s, grants %s: the later hook ran: %v (%v)", at.Name, name, ran, err)
			}
		}
	}
}

func TestCall_refusalText(t *testing.T) {
	for _, test := range []struct {
		kind   int32
		text   string
		code   api.Code
		public string
	}{
		{abi.Forbidden, "not from here", api.Denied, "not from here"},
		{abi.Unauthenticated, "log in again", api.Unauthenticated, "log in again"},
		{abi.Malformed, "", api.Invalid, ""},
		{abi.Throttled, "slow", api.Throttled, "slow"},
		{99, "odd", api.Denied, "odd"},
		{-1, "two\r\nlines\x00", api.Denied, "two  lines "},
		{0, "bad \xff text", api.Denied, "bad \uFFFD text"},
		{0, strings.Repeat("x", 600), api.Denied, strings.Repeat("x", abi.MaxPublicText)},
	} {
		g := newGuest()
		g.hook("login-after", g.call("deny", asm.I32(test.kind), g.text(test.text)), asm.I32(abi.Refuse))
		_, err := run(t, g, "login-after", plugins.Skip)
		e := api.AsError(err)
		if e == nil || e.Code != test.code || e.Public != test.public || e.Reason != api.ReasonHook {
			t.Errorf("deny(%d, %.10q): got %v", test.kind, test.text, err)
		}
	}
}

func TestCall_commitRefused(t *testing.T) {
	g := newGuest()
	g.hook("token-claims", g.set("claim.new", "added"), g.set("claim.sub", "root"), asm.I32(0))
	p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: all()})
	e := newEvent()
	e.readOnly = []string{"claim.sub"}
	_, err := bind(t, p, "token-claims", plugins.Deny).Apply(context.Background(), e)
	var f *plugins.Fault
	if !errors.As(err, &f) || f.Class != plugins.FaultCommit || !errors.Is(err, hooks.ErrReadOnly) {
		t.Errorf("deny: got %v", err)
	}
	p = load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: all()})
	got, err := bind(t, p, "token-claims", plugins.Skip).Apply(context.Background(), e)
	if _, half := got.fields["claim.new"]; err != nil || half {
		t.Errorf("skip: got %v, %v; want the event unchanged", got.fields, err)
	}
}

func TestCall_action(t *testing.T) {
	for status, class := range map[int32]string{abi.Continue: "", abi.Stop: "", abi.Refuse: plugins.FaultStatus, -1: plugins.FaultReported} {
		g := newGuest()
		g.hook("token-issued", asm.I32(status))
		got := ""
		p := load(t, plugins.Config{OnFault: func(_ context.Context, f *plugins.Fault) { got = f.Class }},
			plugins.Spec{Module: g.Bytes(), Grants: all()})
		a := hooks.NewAction[event]("token-issued").WithView(viewer{})
		if err := p.Bind(a, plugins.Binding{}); err != nil {
			t.Fatal(err)
		}
		if err := a.Do(context.Background(), newEvent()); err != nil || got != class {
			t.Errorf("status %d: %v, fault %q, want %q", status, err, got, class)
		}
	}
}

func TestCall_memoryCap(t *testing.T) {
	g := newGuest()
	// grow page by page until it fails; the status is the final size
	g.hook("auth-expire",
		asm.Block(asm.Loop(asm.I32(1), asm.MemoryGrow(), asm.I32(-1), asm.Op(0x46), asm.BrIf(1), asm.Br(0))),
		g.call("set_i64", g.text("lifetime"), asm.Cat([]byte{0x3F, 0}, []byte{0xAD})), asm.Op(asm.Drop),
		asm.I32(0))
	p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: all(), Limits: manifest.Limits{MemoryPages: 5}})
	got, err := bind(t, p, "auth-expire", plugins.Deny).Apply(context.Background(), newEvent())
	if err != nil || got.text("lifetime") != "5" {
		t.Errorf("memory grew to %s pages (%v), want 5", got.text("lifetime"), err)
	}
}

func TestCall_isolation(t *testing.T) {
	for isolation, want := range map[string]string{"": "1", plugins.Reset: "1", plugins.Fresh: "1", plugins.Reuse: "2"} {
		g := newGuest()
		// count the calls at address 0 and return the number
		g.hook("auth-expire",
			asm.I32(0), asm.I32(0), asm.Load(), asm.I32(1), asm.Op(asm.Add), asm.Store(),
			g.call("set_i64", g.text("lifetime"), asm.Cat(asm.I32(0), asm.Load(), []byte{0xAD})), asm.Op(asm.Drop),
			asm.I32(0))
		p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: all(), Isolation: isolation, Limits: manifest.Limits{Instances: 1}})
		point := bind(t, p, "auth-expire", plugins.Deny)
		var got event
		for range 2 {
			var err error
			if got, err = point.Apply(context.Background(), newEvent()); err != nil {
				t.Fatal(err)
			}
		}
		if got.text("lifetime") != want {
			t.Errorf("isolation %q: the second call counted %s, want %s", isolation, got.text("lifetime"), want)
		}
	}
}

func TestBind_errors(t *testing.T) {
	p := load(t, plugins.Config{}, plugins.Spec{Module: good().Bytes()})
	if err := p.Bind(filter("token-claims"), plugins.Binding{}); err == nil || !strings.Contains(err.Error(), "export on_token_claims") {
		t.Errorf("a point without a hook: got %v, want an error with %q", err, "export on_token_claims")
	}
	point := filter("auth-expire")
	if err := p.Bind(point, plugins.Binding{OnError: "retry"}); err == nil || !strings.Contains(err.Error(), "on_error") {
		t.Errorf("unknown on_error: got %v, want an error with %q", err, "on_error")
	}
	if err := p.Bind(point, plugins.Binding{Order: 5}); err != nil {
		t.Fatal(err)
	}
	if err := p.Bind(point, plugins.Binding{}); !errors.Is(err, hooks.ErrDuplicate) {
		t.Errorf("bound twice: got %v, want error %q", err, hooks.ErrDuplicate)
	}
	if got := point.Bindings(); len(got) != 1 || got[0] != (hooks.Binding{ID: "test", Order: 5}) {
		t.Errorf("bindings %v", got)
	}
	if err := p.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(point.Bindings()) != 0 {
		t.Error("still bound after Close")
	}
	if err := p.Bind(point, plugins.Binding{}); !errors.Is(err, plugins.ErrClosed) {
		t.Errorf("after Close: got %v, want error %q", err, plugins.ErrClosed)
	}
}

// TestBind_defaults: by default a broken plugin refuses at points that decide, and is
// skipped at points that enrich.
func TestBind_defaults(t *testing.T) {
	for point, refused := range map[string]bool{"auth-expire": true, "route-access": true, "token-claims": false, "identity-headers": false} {
		g := newGuest()
		g.hook(point, asm.Op(asm.Unreachable))
		if _, err := run(t, g, point, ""); (err != nil) != refused {
			t.Errorf("%s: got %v, want refused %v", point, err, refused)
		}
	}
}

// TestCall_forgets: even with reuse, changes that one call made and discarded do not appear
// in the next.
func TestCall_forgets(t *testing.T) {
	g := newGuest()
	// the first call sets a claim and declines; the second sets nothing and continues
	g.hook("token-claims",
		asm.I32(0), asm.Load(), asm.If(asm.I32(abi.Continue), asm.Op(asm.Return)),
		asm.I32(0), asm.I32(1), asm.Store(),
		g.set("claim.leak", "of the first"), g.call("deny", asm.I32(0), g.text("first")), asm.I32(abi.NotApplicable))
	p := load(t, plugins.Config{}, plugins.Spec{Module: g.Bytes(), Grants: all(), Isolation: plugins.Reuse, Limits: manifest.Limits{Instances: 1}})
	point := bind(t, p, "token-claims", plugins.Deny)
	for range 2 {
		got, err := point.Apply(context.Background(), newEvent())
		if err != nil || len(got.fields) != len(newEvent().fields) {
			t.Fatalf("got %v, %v; want the event unchanged", got.fields, err)
		}
	}
}

// keeper is a point that exposes its handler, as a request holds one that started before
// Close.
type keeper struct {
	hooks.Point
	handler func(context.Context, hooks.View) error
}

func (k *keeper) BindView(_ string, fn func(context.Context, hooks.View) error, _ ...hooks.Option) error {
	k.handler = fn
	return nil
}

func TestCall_afterClose(t *testing.T) {
	var class string
	p := load(t, plugins.Config{OnFault: func(_ context.Context, f *plugins.Fault) { class = f.Class }}, plugins.Spec{Module: good().Bytes()})
	k := &keeper{Point: filter("auth-expire")}
	if err := p.Bind(k, plugins.Binding{}); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	e := newEvent()
	if err := k.handler(context.Background(), eventView{&e}); !errors.Is(err, plugins.ErrClosed) || class != plugins.FaultClosed {
		t.Errorf("got %v, class %q; want %q and error %q", err, class, plugins.FaultClosed, plugins.ErrClosed)
	}
}

// TestCall_panics: a panic in a view or an observer is the plugin's failure, keeps no
// instance and no running call, and Close returns.
func TestCall_panics(t *testing.T) {
	for _, isolation := range []string{plugins.Reuse, plugins.Reset} {
		panics := true
		cfg := plugins.Config{Calls: 1, OnCall: func(context.Context, plugins.Call) {
			if panics {
				panic("observer")
			}
		}}
		p := load(t, cfg, plugins.Spec{Module: good().Bytes(), Isolation: isolation, Limits: manifest.Limits{Instances: 1, Wait: time.Second}})
		point := bind(t, p, "auth-expire", plugins.Deny)
		for range 3 {
			if _, err := point.Apply(context.Background(), newEvent()); err == nil || !strings.Contains(err.Error(), "observer") {
				t.Fatalf("%s: Apply: got %v, want an error with %q", isolation, err, "observer")
			}
		}
		panics = false
		if _, err := point.Apply(context.Background(), newEvent()); err != nil {
			t.Errorf("%s: after panics: %v", isolation, err)
		}
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}
