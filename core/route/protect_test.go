package route

import "testing"

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

// FuzzIsProtected compares the optimized check with the definition.
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
