package main

import (
	"testing"

	hook "github.com/cardea-auth/cardea/plugins/sdk/go"
)

func TestShorten(t *testing.T) {
	for _, test := range []struct{ proposed, want string }{{"604800", "7200"}, {"7200", "7200"}, {"900", "900"}} {
		f := hook.Fake{Fields: map[string]string{"lifetime": test.proposed}}
		if got := f.Run(shorten).Fields["lifetime"]; got != test.want {
			t.Errorf("lifetime %s became %s, want %s", test.proposed, got, test.want)
		}
	}
}

func TestShorten_notGranted(t *testing.T) {
	f := hook.Fake{Fields: map[string]string{"lifetime": "604800"}, Refused: []string{"lifetime"}}
	if got := f.Run(shorten); got.Status >= 0 || got.Failure == "" {
		t.Errorf("got %+v, want a failure with a text", got)
	}
}

func TestAddClaim(t *testing.T) {
	f := hook.Fake{Config: map[string]string{"claim": "plan", "value": "gold"}}
	if err := f.Configure(); err != nil {
		t.Fatal(err)
	}
	if got := f.Run(addClaim); got.Status != hook.Continue || got.Fields["claim.plan"] != "gold" {
		t.Errorf("got %+v, want claim.plan=gold", got)
	}
}

func TestConfigure(t *testing.T) {
	if err := (&hook.Fake{Config: map[string]string{"claim": "plan"}}).Configure(); err == nil {
		t.Error("a claim without a value was accepted")
	}
	if err := (&hook.Fake{}).Configure(); err != nil {
		t.Errorf("an empty configuration: %v", err)
	}
	if got := (&hook.Fake{}).Run(addClaim); got.Status != hook.NotApplicable {
		t.Errorf("without a claim: status %d, want %d", got.Status, hook.NotApplicable)
	}
}
