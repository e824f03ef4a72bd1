package main

import (
	"testing"

	hook "github.com/cardea-auth/cardea/plugins/sdk/go"
)

func configured(t *testing.T, config map[string]string) hook.Fake {
	t.Helper()
	f := hook.Fake{Config: config, Secrets: map[string]string{"code": "4711"}}
	if err := f.Configure(); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFailures: the third failure from an address makes its next login risky.
func TestFailures(t *testing.T) {
	f := configured(t, map[string]string{"trusted": "192.0.2.0/24"})
	login := map[string]string{"peer": "192.0.2.7", "user_agent": "test"}
	for n := range 3 {
		f.Fields = login
		if got := f.Run(judge); got.Status != hook.NotApplicable {
			t.Fatalf("after %d failures: got %+v, want Status %v", n, got, hook.NotApplicable)
		}
		f.Fields = map[string]string{"peer": "192.0.2.7"}
		f.Run(remember)
	}
	f.Fields = login
	if got := f.Run(judge); got.Fields["challenge"] != "code_required" || got.Counts["step_ups"] != 1 {
		t.Errorf("after three failures: %+v", got)
	}
}

func TestConfigure(t *testing.T) {
	for _, config := range []map[string]string{{"threshold": "0"}, {"threshold": "x"}, {"trusted": "home"}} {
		if err := (&hook.Fake{Config: config}).Configure(); err == nil {
			t.Errorf("%v was accepted", config)
		}
	}
}
