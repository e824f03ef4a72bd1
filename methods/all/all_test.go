package all_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/methods/all"
)

func TestOpener(t *testing.T) {
	names := all.Names()
	if want := []string{"apikey", "basic", "jwt"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	for _, name := range names {
		opener, err := all.Opener(name, all.Settings{CacheFor: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		m, err := opener.Open("mine", core.Deps{})
		if err != nil || m.Name() != "mine" {
			t.Errorf("%s: got %v, %v; want a method called mine", name, m, err)
		}
	}
}

func TestOpener_unknown(t *testing.T) {
	_, err := all.Opener("bsaic", all.Settings{})
	if err == nil || !strings.Contains(err.Error(), "bsaic") || !strings.Contains(err.Error(), "basic") {
		t.Errorf("got %v, want an error that names the type and the choices", err)
	}
}
