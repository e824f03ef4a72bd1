package users_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// slashing is a directory that slashes passwords as WordPress does.
type slashing struct{ fakeDirectory }

func (slashing) SlashesPasswords() bool        { return true }
func (slashing) ReadLogin(typed string) string { return strings.ReplaceAll(typed, "-", "") }

// TestCheck_slashed: a password with a quote matches both the slashed hash of WordPress and
// a plain one; each attempt costs the same for every login.
func TestCheck_slashed(t *testing.T) {
	pw := cheap()
	hashOf := func(password api.Secret) api.Secret {
		hash, err := pw.Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	const odd, slashed = `it's "a\b"`, `it\'s \"a\\b\"`
	wp := slashing{fakeDirectory{name: "wp", users: []api.User{
		{Subject: "raw", Login: "raw", Hash: users.WordPress(hashOf(odd))},
		{Subject: "form", Login: "form", Hash: users.WordPress(hashOf(slashed))},
		{Subject: "plain", Login: "plain", Hash: users.WordPress(hashOf("plain"))},
		{Subject: "own", Login: "own", Hash: hashOf(slashed)}, // no hash of WordPress's
		{Subject: "none", Login: "none"},
		{Subject: "bad", Login: "bad", Hash: "not a hash"},
	}}}
	store := fakeDirectory{name: "store", users: []api.User{{Subject: "s", Login: "s", Hash: hashOf(odd)}, {Subject: "t", Login: "t", Hash: hashOf(slashed)}}}
	for name, tc := range map[string]struct {
		dirs            []users.Directory
		login, password string
		code            api.Code
		hashes          int64
	}{
		"as it is":               {[]users.Directory{wp}, "raw", odd, "", 2},
		"as forms keep it":       {[]users.Directory{wp}, "form", odd, "", 2},
		"typed with slashes":     {[]users.Directory{wp}, "form", slashed, "", 2}, // the typed text is the password
		"wrong":                  {[]users.Directory{wp}, "plain", odd, api.Unauthenticated, 2},
		"unknown":                {[]users.Directory{wp}, "nobody", odd, api.Unauthenticated, 2},
		"no password":            {[]users.Directory{wp}, "none", odd, api.Unauthenticated, 2},
		"broken":                 {[]users.Directory{wp}, "bad", odd, api.Unavailable, 2},
		"of another form":        {[]users.Directory{wp}, "own", odd, api.Unauthenticated, 2},
		"nothing to slash":       {[]users.Directory{wp}, "plain", "plain", "", 1},
		"nothing, unknown":       {[]users.Directory{wp}, "nobody", "plain", api.Unauthenticated, 1},
		"beside a WordPress":     {[]users.Directory{wp, store}, "s", odd, "", 2},
		"not slashed there":      {[]users.Directory{wp, store}, "t", odd, api.Unauthenticated, 2},
		"no WordPress":           {[]users.Directory{store}, "s", odd, "", 1},
		"no WordPress, unknown":  {[]users.Directory{store}, "nobody", odd, api.Unauthenticated, 1},
		"the name as it is read": {[]users.Directory{wp}, "r-a-w", odd, "", 2},
		"not read elsewhere":     {[]users.Directory{store}, "-s", odd, api.Unauthenticated, 1},
	} {
		checked := make([]users.Directory, len(tc.dirs))
		for i, d := range tc.dirs {
			checked[i], _ = users.Checked(d)
		}
		before := pw.Runs()
		_, _, err := users.Check(t.Context(), checked, pw, tc.login, api.Secret(tc.password), users.CheckOptions{})
		if got := pw.Runs() - before; api.CodeOf(err) != tc.code || got != tc.hashes {
			t.Errorf("%s: got %v after %d hashes, want code %q after %d", name, err, got, tc.code, tc.hashes)
		}
	}
}
