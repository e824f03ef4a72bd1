package all_test

import (
	"crypto/rand"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/methods/all"
)

func TestTypes(t *testing.T) {
	for _, want := range []string{"apikey", "basic", "jwt"} {
		if all.Types()[want] == nil {
			t.Errorf("%s is not in the list", want)
		}
	}
	for name, opener := range all.Types() {
		m, err := opener.Open("mine", core.Deps{})
		if err != nil || m.Name() != "mine" {
			t.Errorf("%s: got %v, %v; want a method called mine", name, m, err)
		}
	}
}

// TestTypes_ownMap: adding a type to the map does not change it for others.
func TestTypes_ownMap(t *testing.T) {
	all.Types()["mine"] = nil
	if _, ok := all.Types()["mine"]; ok {
		t.Error("a type that one caller added is in the next one's list")
	}
}

// TestTypes_withoutEngine: a method without an engine refuses and does not panic.
func TestTypes_withoutEngine(t *testing.T) {
	key, _, _, err := credential.NewAPIKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]api.Credential{
		"apikey": {Kind: api.APIKeyKind, Text: key.Reveal()},
		"basic":  {Kind: api.Basic, User: "anna", Password: "secret"},
		"jwt":    {Kind: api.Bearer, Text: "a.b.c"},
	}
	for name, credential := range shown {
		m, err := all.Types()[name].Open("mine", core.Deps{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Authenticate(t.Context(), api.Attempt{Credential: credential}); api.CodeOf(err) != api.Unavailable {
			t.Errorf("%s: got %v, want unavailable", name, err)
		}
	}
}
