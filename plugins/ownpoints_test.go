package plugins_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/expr"
	"github.com/cardea-auth/cardea/hooks/view"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/catalogue"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
	"github.com/cardea-auth/cardea/plugins/plugintest"
)

// reservation is the value of a hook point declared by a warehouse program.
type reservation struct {
	Item     string
	Quantity int64
	Unknown  int64 // the host's result for an unknown key
	Fixed    int64 // and to one that can only be read
	Labels   api.Claims
	Customer api.Identity
}

const reserved = "stock-reserved"

func stockReserved() *hooks.Filter[reservation] {
	return hooks.NewFilter[reservation](reserved).WithView(view.New[reservation](
		view.Text("item", func(r *reservation) string { return r.Item }),
		view.NumberVar("quantity", func(r *reservation) int64 { return r.Quantity }, func(r *reservation, n int64) { r.Quantity = n }),
		view.NumberVar("unknown", func(r *reservation) int64 { return r.Unknown }, func(r *reservation, n int64) { r.Unknown = n }),
		view.NumberVar("fixed", func(r *reservation) int64 { return r.Fixed }, func(r *reservation, n int64) { r.Fixed = n }),
		view.ClaimsVar("label.", func(r *reservation) *api.Claims { return &r.Labels }),
		view.User(func(r *reservation) *api.Identity { return &r.Customer }, false),
	))
}

// doubling returns a guest that doubles the quantity, labels the item with its name, and
// records what is refused.
func doubling() *guest {
	const mulI64 = 0x7E
	g := newGuest()
	return g.hook(reserved,
		g.call("set_i64", g.text("quantity"), g.call("get_i64", g.text("quantity"), asm.I32(0)), asm.I64(2), asm.Op(mulI64)), asm.Op(asm.Drop),
		g.set("label.by", "warehouse"),
		g.callWithResult("unknown", g.call("set", g.text("quantitty"), g.text("9"))),
		g.callWithResult("fixed", g.call("set", g.text("item"), g.text("nail"))),
		asm.I32(abi.Continue))
}

const doublingManifest = `{"name": "doubling", "version": "1", "abi": {"major": 1, "minor": 0}, "hooks": ["stock-reserved"],
	"grants": {"read": ["item", "user.login"], "write": ["quantity", "unknown", "fixed", "label.*"]}}`

func doublingGrants() manifest.Grants {
	return manifest.Grants{Read: []string{"item"}, Write: []string{"quantity", "unknown", "fixed", "label.*"}}
}

// TestOwnPoint: a guest can be bound to a program's own point by its name, reads and sets
// its keys, and is refused others.
func TestOwnPoint(t *testing.T) {
	h := core.NewHooks()
	mine := stockReserved()
	if err := h.Add(mine); err != nil {
		t.Fatal(err)
	}
	found, ok := h.Point(reserved)
	if !ok {
		t.Fatal("the catalogue does not find the point")
	}
	p := load(t, plugins.Config{Points: []hooks.Point{stockReserved()}},
		plugins.Spec{Name: "doubling", Module: doubling().Bytes(), Manifest: []byte(doublingManifest), Grants: doublingGrants()})
	if err := p.Bind(found, plugins.Binding{}); err != nil {
		t.Fatal(err)
	}
	got, err := mine.Apply(t.Context(), reservation{Item: "screw", Quantity: 21})
	if err != nil {
		t.Fatal(err)
	}
	label, _ := got.Labels.Get("by")
	if got.Quantity != 42 || got.Item != "screw" || label != "warehouse" {
		t.Errorf("got %+v, want 42 screws from the warehouse", got)
	}
	if got.Unknown != int64(abi.BadArgument) || got.Fixed != int64(abi.NotGranted) {
		t.Errorf("a key that is none was set with %d, one that is read-only with %d", got.Unknown, got.Fixed)
	}
}

// TestOwnPoint_decides: a guest that fails at a program's own point refuses, unless the
// point is declared as enriching.
func TestOwnPoint_decides(t *testing.T) {
	broken := newGuest()
	broken.hook(reserved, asm.Op(asm.Unreachable), asm.I32(0))
	for _, enriches := range []bool{false, true} {
		point := stockReserved()
		if enriches {
			point = point.WithEnrich()
		}
		p := load(t, plugins.Config{Points: []hooks.Point{point}}, plugins.Spec{Module: broken.Bytes()})
		if err := p.Bind(point, plugins.Binding{}); err != nil {
			t.Fatal(err)
		}
		if _, err := point.Apply(t.Context(), reservation{}); (err == nil) != enriches {
			t.Errorf("enriches %v: got %v, want an error: %v", enriches, err, !enriches)
		}
	}
}

// TestOwnPoint_refused: unknown names are refused as at Cardea's own points.
func TestOwnPoint_refused(t *testing.T) {
	host := openHost(t, plugins.Config{Points: []hooks.Point{stockReserved()}})
	withGrants := func(change func(*manifest.Grants)) plugins.Spec {
		s := plugins.Spec{Name: "doubling", Module: doubling().Bytes(), Grants: doublingGrants()}
		change(&s.Grants)
		return s
	}
	misspelt := newGuest()
	misspelt.hook("stock-reservd", asm.I32(0))
	for want, s := range map[string]plugins.Spec{
		`write "quantitty": no hook point has such a key; is "quantity" meant?`: withGrants(func(g *manifest.Grants) { g.Write = []string{"quantitty"} }),
		`write "item": not writable at any hook point`:                          withGrants(func(g *manifest.Grants) { g.Write = []string{"item"} }),
		`there is no hook point "stock-reservd"; is "stock-reserved" meant?`:    {Module: misspelt.Bytes()},
		`hooks: no hook point "stock-sold"`: {
			Module: doubling().Bytes(), Manifest: []byte(strings.Replace(doublingManifest, reserved, "stock-sold", 1)),
		},
	} {
		if _, err := host.Load(t.Context(), s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	strange := openHost(t, plugins.Config{})
	if _, err := strange.Load(t.Context(), plugins.Spec{Module: doubling().Bytes()}); err == nil || !strings.Contains(err.Error(), `no hook point "stock-reserved"`) {
		t.Errorf("a host without the point: got %v, want an error with %q", err, `no hook point "stock-reserved"`)
	}
}

// TestOwnPoint_vectors: the test kit knows the point, its keys and their types.
func TestOwnPoint_vectors(t *testing.T) {
	own, err := catalogue.Of([]hooks.Point{stockReserved()})
	if err != nil {
		t.Fatal(err)
	}
	vector := func(event string) string {
		return `{"vectors": [{"name": "doubles", "point": "stock-reserved", "event": ` + event + `, "grants": {"write": ["quantity", "label.*"]},
			"want": {"journal": {"quantity": 8, "label.by": "warehouse"}}}]}`
	}
	for event, want := range map[string]string{
		`{"quantity": 4, "colour": "red"}`: `has no key "colour"`,
		`{"quantity": "4"}`:                `"quantity" is text, must be int`,
	} {
		if _, err := plugintest.Parse([]byte(vector(event)), own...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", event, err, want)
		}
	}
	file, err := plugintest.Parse([]byte(vector(`{"quantity": 4}`)), own...)
	if err != nil {
		t.Fatal(err)
	}
	r, err := plugintest.Open(t.Context(), plugintest.Module{Wasm: doubling().Bytes()}, plugins.Config{Points: []hooks.Point{stockReserved()}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	res, err := r.Run(t.Context(), file.Vectors[0])
	if err != nil || !res.OK() {
		t.Errorf("the vector does not pass: %v: %s", err, strings.Join(res.Problems, "; "))
	}
}

// TestOwnPoint_expression: an expression can read and set keys of a program's own point.
func TestOwnPoint_expression(t *testing.T) {
	point := stockReserved()
	if err := expr.Bind(point, "more", `{quantity: quantity + 1, "label.for": user.login}`, expr.Options{}); err != nil {
		t.Fatal(err)
	}
	got, err := point.Apply(t.Context(), reservation{Quantity: 4, Customer: api.Identity{Login: "ada"}})
	label, _ := got.Labels.Get("for")
	if err != nil || got.Quantity != 5 || label != "ada" {
		t.Errorf("got %+v, %v; want quantity 5 of ada", got, err)
	}
	for source, want := range map[string]string{`colour == "red"`: "unknown name colour", `quantity == "x"`: "mismatched types"} {
		if err := expr.Check(stockReserved(), source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", source, err, want)
		}
	}
	if err := expr.Check(hooks.NewFilter[reservation](reserved), "true"); err == nil || !strings.Contains(err.Error(), "has no keys") {
		t.Errorf("a point without a view: got %v, want an error with %q", err, "has no keys")
	}
}

// TestOwnPoint_impossible: a host does not open with a point that guests cannot name.
func TestOwnPoint_impossible(t *testing.T) {
	withKeys := func(parts ...view.Part[reservation]) hooks.Point {
		return hooks.NewFilter[reservation]("odd").WithView(view.New(parts...))
	}
	text := func(key string) view.Field[reservation] {
		return view.Text(key, func(r *reservation) string { return r.Item })
	}
	for want, list := range map[string][]hooks.Point{
		`"token-claims": the name is already taken`:     {hooks.NewFilter[reservation]("token-claims").WithView(view.New[reservation](text("a")))},
		`"stock-reserved": the name is already taken`:   {stockReserved(), stockReserved()},
		`"Stock": its name must consist of`:             {hooks.NewFilter[reservation]("Stock").WithView(view.New[reservation](text("a")))},
		`"stock-reserved": guests cannot see its value`: {hooks.NewFilter[reservation](reserved)},
		`key "a b": must be words of`:                   {withKeys(text("a b"))},
		`key "a" is there twice`:                        {withKeys(text("a"), text("a"))},
		`key "a" has the right "x"`:                     {withKeys(view.Wants("x", view.TextVar("a", func(r *reservation) *string { return &r.Item })))},
	} {
		host, err := plugins.Open(t.Context(), plugins.Config{Points: list})
		if err == nil {
			err = errors.Join(errors.New("opened"), host.Close(t.Context()))
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestOwnPoint_widens: at a program's own point, too, a key that needs a right can only be
// narrowed without it, by guests and expressions, whether or not the point has a guard.
func TestOwnPoint_widens(t *testing.T) {
	type access struct {
		Customer api.Identity
		Shelves  []string
	}
	for source, narrows := range map[string]bool{
		`{"user.roles": ["keeper", "manager"]}`:         false,
		`{"user.scopes": ["all"]}`:                      false,
		`{"shelves": ["a", "z"]}`:                       false,
		`{"user.roles": ["keeper"]}`:                    true,
		`{"user.roles": []}`:                            true,
		`{"shelves": ["b"], "user.roles": ["keeper"]}`:  true,
		`{"shelves": ["b", "b"], "user.scopes": ["x"]}`: true,
	} {
		for _, allow := range [][]string{nil, {abi.AllowRoles}} {
			point := hooks.NewFilter[access]("shelf-opened").WithView(view.New[access](
				view.User(func(a *access) *api.Identity { return &a.Customer }, true),
				view.Wants(abi.AllowRoles, view.ListVar("shelves", func(a *access) *[]string { return &a.Shelves })),
			))
			if err := expr.Bind(point, "more", source, expr.Options{Allow: allow}); err != nil {
				t.Fatal(err)
			}
			_, err := point.Apply(t.Context(), access{api.Identity{Roles: []string{"keeper"}, Scopes: []string{"x"}}, []string{"a", "b"}})
			if want := narrows || allow != nil; (err == nil) != want {
				t.Errorf("%s, allowed %v: %v, want it accepted: %v", source, allow, err, want)
			}
		}
	}
}
