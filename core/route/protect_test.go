package route

import (
	"maps"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

func TestAlias(t *testing.T) {
	for name, want := range map[string]string{
		"X_auth.USER": "X-Auth-User", "x-auth-user": "X-Auth-User", "X~Auth|User": "X-Auth-User",
		"Accept": "Accept", "": "", "a": "A", "xé": "X--",
	} {
		if got := Alias(name); got != want {
			t.Errorf("Alias(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestIsProtected(t *testing.T) {
	for _, name := range []string{"X-Auth-User", "x-auth-roles", "X_Auth_User", "X.Auth.User", "x_AUTH-method", "X-Auth-Anything", "X-Cardea-Assertion", "x.cardea_x", "X!Auth'User"} {
		if !IsProtected(name) {
			t.Errorf("IsProtected(%q) = false, want true", name)
		}
	}
	for _, name := range []string{"", "Authorization", "X-Api-Key", "X-Author", "XAuth-User", "X-Auth", "A-X-Auth-User", "X-Authx-User"} {
		if IsProtected(name) {
			t.Errorf("IsProtected(%q) = true, want false", name)
		}
	}
}

func TestIsAlias(t *testing.T) {
	if !IsAlias("X_api.KEY", "x-Api_Key") || IsAlias("X-Api-Key", "X-Api-Keys") || IsAlias("X-Api-Kex", "X-Api-Key") {
		t.Error("IsAlias does not compare as Alias does")
	}
}

func TestStrip(t *testing.T) {
	h := api.Header{"Accept": {"a"}, "X-Auth-User": {"admin"}, "X_auth_user": {"admin"}, "X.Auth.User": nil, "X-Cardea-Gen": {"1"}}
	Strip(h)
	if got := slices.Collect(maps.Keys(h)); len(got) != 1 || got[0] != "Accept" {
		t.Errorf("after Strip the headers are %v, want Accept", got)
	}
}

func TestStrip_costsNothing(t *testing.T) {
	h := api.Header{"Accept": {"a"}, "User-Agent": {"b"}, "X-Request-Id": {"c"}}
	if n := testing.AllocsPerRun(100, func() { Strip(h) }); n != 0 {
		t.Errorf("Strip allocates %v times, want 0", n)
	}
}

// FuzzIsProtected holds the quick comparison against the definition.
func FuzzIsProtected(f *testing.F) {
	f.Add("X-Auth-User")
	f.Add("x_cardea.é")
	f.Fuzz(func(t *testing.T, name string) {
		alias := Alias(name)
		want := len(alias) >= 7 && alias[:7] == "X-Auth-" || len(alias) >= 9 && alias[:9] == "X-Cardea-"
		if got := IsProtected(name); got != want {
			t.Fatalf("IsProtected(%q) = %v, but its alias is %q", name, got, alias)
		}
	})
}
