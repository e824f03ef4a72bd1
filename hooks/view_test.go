package hooks_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/hooks"
)

// textViewer shows a string under the one key "text".
type textViewer struct{}

func (textViewer) View(s *string) hooks.View { return textView{s} }

func (textViewer) Fields() []hooks.Field { return []hooks.Field{{Key: "text", Writable: true}} }

type textView struct{ s *string }

func (v textView) Get(string) (hooks.Value, bool) { return hooks.String(*v.s), true }

func (v textView) Set(_ string, x hooks.Value) error { *v.s = x.Text(); return nil }

func (v textView) Delete(string) error { return hooks.ErrReadOnly }

func (v textView) Keys(string) []string { return []string{"text"} }

func sets(text string, err error) func(context.Context, hooks.View) error {
	return func(_ context.Context, v hooks.View) error { _ = v.Set("text", hooks.String(text)); return err }
}

func TestBindView_filter(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
		fail bool
	}{
		{"kept", nil, "new+", false},
		{"kept and stopped", hooks.ErrStop, "new", false},
		{"dropped", hooks.ErrSkip, "old+", false},
		{"dropped, wrapped", fmt.Errorf("no: %w", hooks.ErrSkip), "old+", false},
		{"refused", errors.New("no"), "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := hooks.NewFilter[string]("point").WithView(textViewer{})
			if err := f.BindView("a", sets("new", tt.err)); err != nil {
				t.Fatal(err)
			}
			bind(t, f, "b", appends("+", nil))
			got, err := f.Apply(context.Background(), "old")
			if got != tt.want || (err != nil) != tt.fail {
				t.Errorf("Apply = %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestBindView_action(t *testing.T) {
	for _, tt := range []struct {
		err  error
		fail bool
	}{{nil, false}, {hooks.ErrSkip, false}, {hooks.ErrStop, false}, {errors.New("no"), true}} {
		a := hooks.NewAction[string]("point").WithView(textViewer{})
		if err := a.BindView("a", sets("new", tt.err)); err != nil {
			t.Fatal(err)
		}
		var got string
		bind(t, a, "b", func(_ context.Context, s string) error { got = s; return nil })
		if err := a.Do(context.Background(), "old"); (err != nil) != tt.fail {
			t.Errorf("handler returns %v: Do returns %v", tt.err, err)
		}
		if got != "old" {
			t.Errorf("handler returns %v: the next one sees %q, want old", tt.err, got)
		}
	}
}

func TestBindView_withoutView(t *testing.T) {
	for _, p := range []hooks.Point{hooks.NewFilter[int]("f"), hooks.NewAction[int]("a")} {
		if err := p.BindView("x", sets("", nil)); !errors.Is(err, hooks.ErrNoView) {
			t.Errorf("%s: got %v, want ErrNoView", p.Name(), err)
		}
		if p.Fields() != nil {
			t.Errorf("%s: got fields %v without a view, want Fields nil", p.Name(), p.Fields())
		}
	}
}

func TestValue(t *testing.T) {
	tests := []struct {
		name     string
		v        hooks.Value
		text     string
		n        int64
		isInt    bool
		is, ok   bool // Bool
		str, jsn bool
	}{
		{"zero", hooks.Value{}, "", 0, false, false, false, true, false},
		{"text", hooks.String("abc"), "abc", 0, false, false, false, true, false},
		{"text of digits", hooks.String("-12"), "-12", -12, true, false, false, true, false},
		{"text true", hooks.String("true"), "true", 0, false, true, true, true, false},
		{"int", hooks.Int(7), "7", 7, true, false, false, false, false},
		{"bool", hooks.Bool(false), "false", 0, false, false, true, false, true},
		{"json", hooks.JSON(`["a"]`), `["a"]`, 0, false, false, false, false, true},
		{"json of a fraction", hooks.JSON("1.5"), "1.5", 0, false, false, false, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.v.Text(); got != tt.text {
				t.Errorf("Text = %q, want %q", got, tt.text)
			}
			if n, ok := tt.v.Int(); n != tt.n && ok || ok != tt.isInt {
				t.Errorf("Int = %d, %v; want %d, %v", n, ok, tt.n, tt.isInt)
			}
			if b, ok := tt.v.Bool(); b != tt.is || ok != tt.ok {
				t.Errorf("Bool = %v, %v; want %v, %v", b, ok, tt.is, tt.ok)
			}
			if tt.v.IsString() != tt.str || tt.v.IsJSON() != tt.jsn {
				t.Errorf("IsString, IsJSON = %v, %v; want %v, %v", tt.v.IsString(), tt.v.IsJSON(), tt.str, tt.jsn)
			}
		})
	}
}
