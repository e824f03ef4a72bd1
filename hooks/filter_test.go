package hooks_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/hooks"
)

// appends returns a handler that adds a letter and then returns err.
func appends(letter string, err error) func(context.Context, string) (string, error) {
	return func(_ context.Context, s string) (string, error) { return s + letter, err }
}

func bind[F any](t testing.TB, p interface {
	Bind(string, F, ...hooks.Option) error
}, id string, fn F, opts ...hooks.Option) {
	t.Helper()
	if err := p.Bind(id, fn, opts...); err != nil {
		t.Fatal(err)
	}
}

func TestFilter_order(t *testing.T) {
	const maxInt, minInt = int(^uint(0) >> 1), -int(^uint(0)>>1) - 1
	tests := []struct {
		name string
		bind []hooks.Binding // in this sequence; each handler appends its id
		want string
	}{
		{"none", nil, ""},
		{"ties by id", []hooks.Binding{{"c", 0}, {"a", 0}, {"b", 0}}, "abc"},
		{"lower first", []hooks.Binding{{"a", 10}, {"b", 0}, {"c", -10}}, "cba"},
		{"order before id", []hooks.Binding{{"b", 1}, {"a", 2}, {"z", 1}}, "bza"},
		{"extreme orders", []hooks.Binding{{"c", maxInt}, {"b", 0}, {"a", minInt}}, "abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := hooks.NewFilter[string]("point")
			for _, b := range tt.bind {
				bind(t, f, b.ID, appends(b.ID, nil), hooks.Order(b.Order))
			}
			if got, err := f.Apply(context.Background(), ""); got != tt.want || err != nil {
				t.Errorf("Apply = %q, %v; want %q", got, err, tt.want)
			}
			var listed strings.Builder
			for _, b := range f.Bindings() {
				listed.WriteString(b.ID)
			}
			if listed.String() != tt.want || f.Len() != len(tt.bind) {
				t.Errorf("Bindings = %q, Len = %d; want %q", listed.String(), f.Len(), tt.want)
			}
		})
	}
}

func TestFilter_error(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name    string
		b       func(context.Context, string) (string, error)
		want    string
		handler string // the one in the error; "" for none
	}{
		{"nothing", appends("b", nil), "abc", ""},
		{"stop keeps the value", appends("b", hooks.ErrStop), "ab", ""},
		{"wrapped stop", appends("b", fmt.Errorf("enough: %w", hooks.ErrStop)), "ab", ""},
		{"error drops the value", appends("b", broken), "", "b"},
		{"panic is an error", func(context.Context, string) (string, error) { panic("ouch") }, "", "b"},
		{"skip is for views", appends("b", hooks.ErrSkip), "", "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := hooks.NewFilter[string]("point")
			bind(t, f, "a", appends("a", nil))
			bind(t, f, "b", tt.b)
			bind(t, f, "c", appends("c", nil))
			got, err := f.Apply(context.Background(), "")
			var fault *hooks.Error
			if got != tt.want || errors.As(err, &fault) != (tt.handler != "") {
				t.Fatalf("Apply = %q, %v; want %q and an error: %v", got, err, tt.want, tt.handler != "")
			}
			if fault != nil && (fault.Handler != tt.handler || fault.Point != "point") {
				t.Errorf("error of %s at %s, want %s at point", fault.Handler, fault.Point, tt.handler)
			}
		})
	}
	t.Run("cause", func(t *testing.T) {
		f := hooks.NewFilter[string]("point")
		bind(t, f, "a", appends("", broken))
		if _, err := f.Apply(context.Background(), ""); !errors.Is(err, broken) {
			t.Errorf("got %v, which is not the cause; want error %q", err, broken)
		}
	})
}

func TestBind_refuses(t *testing.T) {
	f := hooks.NewFilter[string]("point")
	bind(t, f, "a", appends("a", nil))
	if err := f.Bind("a", appends("b", nil)); !errors.Is(err, hooks.ErrDuplicate) {
		t.Errorf("the same id again: got %v, want ErrDuplicate", err)
	}
	if err := f.Bind("", appends("b", nil)); !errors.Is(err, hooks.ErrNoID) {
		t.Errorf("no id: got %v, want ErrNoID", err)
	}
	if got, _ := f.Apply(context.Background(), ""); got != "a" {
		t.Errorf("after refused bindings Apply = %q, want a", got)
	}
}

func TestUnbind(t *testing.T) {
	f := hooks.NewFilter[string]("point")
	for _, id := range []string{"a", "b", "c"} {
		bind(t, f, id, appends(id, nil))
	}
	if !f.Unbind("b") || f.Unbind("b") || f.Unbind("nobody") {
		t.Error("Unbind must report whether there was something to remove")
	}
	if got, _ := f.Apply(context.Background(), ""); got != "ac" {
		t.Errorf("Apply = %q, want ac", got)
	}
	bind(t, f, "b", appends("B", nil))
	if got, _ := f.Apply(context.Background(), ""); got != "aBc" {
		t.Errorf("bound again: Apply = %q, want aBc", got)
	}
}

func TestWhen(t *testing.T) {
	f := hooks.NewFilter[string]("point")
	bind(t, f, "x", hooks.When(func(s string) bool { return s == "yes" }, appends("!", nil)))
	for in, want := range map[string]string{"yes": "yes!", "no": "no"} {
		if got, err := f.Apply(context.Background(), in); got != want || err != nil {
			t.Errorf("Apply(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func ExampleNewFilter() {
	greeting := hooks.NewFilter[string]("greeting")
	_ = greeting.Bind("polite", func(_ context.Context, s string) (string, error) { return s + ", please", nil }, hooks.Order(10))
	_ = greeting.Bind("loud", func(_ context.Context, s string) (string, error) { return strings.ToUpper(s), nil })

	s, err := greeting.Apply(context.Background(), "come in")
	fmt.Println(s, err)
	for _, b := range greeting.Bindings() {
		fmt.Println(b.Order, b.ID)
	}
	// Output:
	// COME IN, please <nil>
	// 0 loud
	// 10 polite
}

// TestBind_nil: binding a nil function is an error.
func TestBind_nil(t *testing.T) {
	f, a := hooks.NewFilter[string]("point"), hooks.NewAction[string]("point")
	fine := func(_ context.Context, s string) (string, error) { return s, nil }
	for name, err := range map[string]error{
		"filter":                f.Bind("a", nil),
		"action":                a.Bind("a", nil),
		"When without pred":     f.Bind("b", hooks.When(nil, fine)),
		"When without function": f.Bind("c", hooks.When(func(string) bool { return true }, nil)),
	} {
		if !errors.Is(err, hooks.ErrNoFunc) {
			t.Errorf("%s: got %v, want ErrNoFunc", name, err)
		}
	}
	if err := f.Bind("d", fine, nil); err != nil {
		t.Errorf("a nil option: %v", err)
	}
	if f.Len() != 1 || a.Len() != 0 {
		t.Errorf("%d and %d handlers are bound, want 1 and 0", f.Len(), a.Len())
	}
}
