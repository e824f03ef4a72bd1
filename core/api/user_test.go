package api_test

import (
	"testing"
	"unicode"

	"github.com/cardea-auth/cardea/core/api"
)

func TestLoginKey(t *testing.T) {
	for login, want := range map[string]string{
		"": "", " Alice\t": "alice", "ÅNGSTRÖM": "ångström", "\u212aelvin": "kelvin", "ſmith": "smith", "two words": "two words",
	} {
		if got := api.LoginKey(login); got != want {
			t.Errorf("%q: got %q, want %q", login, got, want)
		}
	}
}

func TestFoldASCII(t *testing.T) {
	for login, want := range map[string]string{
		"": "", " Alice\t": " alice\t", "ÅngSTRÖM": "ÅngstrÖm", "\u212aelvin": "\u212aelvin", "ſmith": "ſmith", "adm\u0131N": "adm\u0131n", "\xffA": "\xffa",
	} {
		if got := api.FoldASCII(login); got != want {
			t.Errorf("%q: got %q, want %q", login, got, want)
		}
	}
}

func TestLoginKey_idempotent(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		once := api.LoginKey("a" + string(r))
		if twice := api.LoginKey(once); twice != once {
			t.Fatalf("%U: got %q, then %q; want %q", r, once, twice, once)
		}
	}
}
