package hook_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	hook "github.com/cardea-auth/cardea/plugins/sdk/go"
)

func ExampleFake() {
	// An author's hook, and an example of its test.
	onlyEditors := func(e *hook.Event) hook.Status {
		if roles, _ := e.Get("user.roles"); roles != `["editor"]` {
			return e.Refuse(hook.Forbidden, "editors only")
		}
		return hook.Continue
	}
	f := hook.Fake{Fields: map[string]string{"user.roles": `["subscriber"]`}}
	got := f.Run(onlyEditors)
	fmt.Println(got.Status, got.Public)
	// Output: 2 editors only
}

func TestFake_event(t *testing.T) {
	f := hook.Fake{
		Fields:  map[string]string{"claim.a": "1", "claim.b": "x", "public": "true"},
		Refused: []string{"claim.locked"},
		Now:     99,
	}
	got := f.Run(func(e *hook.Event) hook.Status {
		if n, ok := e.Int("claim.a"); !ok || n != 1 {
			t.Errorf("Int = %d, %v", n, ok)
		}
		if _, ok := e.Int("claim.b"); ok {
			t.Error("a text is not an integer")
		}
		if _, ok := e.Get("none"); ok {
			t.Error("an absent field was found")
		}
		if !e.Bool("public") || e.Bool("claim.b") {
			t.Error("Bool is wrong")
		}
		if keys := e.Keys("claim."); !slices.Equal(keys, []string{"claim.a", "claim.b"}) {
			t.Errorf("Keys = %q", keys)
		}
		if keys := e.Keys("zzz"); keys != nil {
			t.Errorf("Keys of nothing = %q", keys)
		}
		if err := e.Set("claim.locked", "x"); !errors.Is(err, hook.ErrNotGranted) {
			t.Errorf("Set = %v", err)
		}
		if err := e.Delete("claim.locked"); !errors.Is(err, hook.ErrNotGranted) {
			t.Errorf("Delete = %v", err)
		}
		if e.NowMS() != 99 || !e.Enabled(hook.Debug) {
			t.Error("clock or log level is wrong")
		}
		e.Log(hook.Info, "seen")
		err := errors.Join(e.SetInt("claim.n", 5), e.SetBool("claim.t", true), e.SetJSON("claim.j", "[]"), e.Delete("claim.b"))
		if err != nil {
			t.Error(err)
		}
		return hook.Continue
	})
	want := map[string]string{"claim.a": "1", "public": "true", "claim.n": "5", "claim.t": "true", "claim.j": "[]"}
	if fmt.Sprint(got.Fields) != fmt.Sprint(want) || !slices.Equal(got.Log, []string{"seen"}) {
		t.Errorf("got %+v, want fields %v", got, want)
	}
}

// TestFake_keepsNothing: a failure changes nothing, as with the real host.
func TestFake_keepsNothing(t *testing.T) {
	for _, end := range []func(*hook.Event) hook.Status{
		func(e *hook.Event) hook.Status { return e.Fail(errors.New("broken")) },
		func(e *hook.Event) hook.Status { return e.Refuse(hook.Throttled, "slow") },
		func(*hook.Event) hook.Status { return hook.NotApplicable },
	} {
		f := hook.Fake{Fields: map[string]string{"claim.a": "1"}}
		got := f.Run(func(e *hook.Event) hook.Status {
			if err := e.Set("claim.a", "2"); err != nil {
				t.Error(err)
			}
			return end(e)
		})
		if got.Fields["claim.a"] != "1" {
			t.Errorf("status %d kept %v", got.Status, got.Fields)
		}
	}
}
