package hooks_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/hooks"
)

func ExampleNewAction() {
	opened := hooks.NewAction[string]("door-opened")
	_ = opened.Bind("log", func(_ context.Context, who string) error {
		fmt.Println(who, "came in")
		return nil
	})
	_ = opened.Do(context.Background(), "alice")
	// Output: alice came in
}

func TestAction_allRun(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	var order strings.Builder
	note := func(letter string, err error) func(context.Context, int) error {
		return func(context.Context, int) error { order.WriteString(letter); return err }
	}
	a := hooks.NewAction[int]("point")
	bind(t, a, "d", note("d", second))
	bind(t, a, "a", note("a", first))
	bind(t, a, "b", func(context.Context, int) error { order.WriteString("b"); panic("ouch") })
	bind(t, a, "c", note("c", hooks.ErrStop)) // stop has no effect in a handler without a view
	bind(t, a, "z", note("z", nil), hooks.Order(-1))

	err := a.Do(context.Background(), 1)
	if order.String() != "zabcd" {
		t.Errorf("ran %q, want zabcd", order.String())
	}
	if !errors.Is(err, first) || !errors.Is(err, second) || !strings.Contains(err.Error(), "ouch") {
		t.Errorf("got %v, want all errors joined", err)
	}
	var fault *hooks.Error
	if !errors.As(err, &fault) || fault.Handler != "a" || fault.Point != "point" {
		t.Errorf("got %+v, want the first to name handler a at point", fault)
	}
}

func TestAction_nothingBound(t *testing.T) {
	if err := hooks.NewAction[int]("point").Do(context.Background(), 1); err != nil {
		t.Error(err)
	}
}
