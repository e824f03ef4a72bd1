package users_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// counting is a fake directory that reports the formats of its hashes.
type counting struct {
	fakeDirectory
	programs map[string][]api.Secret // of users, by login
}

var (
	_ users.HashCounter  = counting{}
	_ users.Applications = counting{}
)

func (d counting) HashForms(context.Context) (list []users.HashForm, err error) {
	for _, u := range d.users {
		if f, ok := users.FormOf(u.Hash, 1); ok {
			list = append(list, f)
		}
	}
	return list, d.err
}

func (d counting) FitsApplication(ctx context.Context, pw *users.Passwords, u api.User, password api.Secret) (string, error) {
	_, err := pw.VerifyAny(ctx, d.programs[u.Login], password)
	return "", err
}

// TestHashes_cap tests the cost limits of hashes from other systems.
func TestHashes_cap(t *testing.T) {
	const end, argon = "......................///////////////////////////////", "$c29tZXNhbHQ$c29tZXNhbHQ"
	for _, tt := range []struct {
		hash, name string
		says       string // why it is refused; "" if it is taken
	}{
		{"$2y$10$" + end, "bcrypt, cost 10", ""},
		{"$2y$13$" + end, "bcrypt, cost 13", ""},
		{"$2y$14$" + end, "bcrypt, cost 14", "bcrypt's cost 14 is above 13"},
		{"$2y$16$" + end, "unusable", "cost 16 is above 15"},
		{"$wp$2y$14$" + end, "bcrypt, cost 14", "bcrypt's cost 14 is above 13"},
		{"$P$BOEYhVExrAG021OKAd3L7kHYsi7Wln/", "phpass, 8192 rounds", ""},
		{"$P$EOEYhVExrAG021OKAd3L7kHYsi7Wln/", "phpass, 65536 rounds", ""},
		{"$P$FOEYhVExrAG021OKAd3L7kHYsi7Wln/", "phpass, 131072 rounds", "131072 rounds of phpass are more than 65536"},
		{"$argon2id$v=19$m=65536,t=4,p=1" + argon, "argon2, m=65536 t=4 p=1", ""},
		{"$argon2i$v=19$m=262144,t=2,p=4" + argon, "argon2, m=262144 t=2 p=4", ""},
		{"$argon2i$v=19$m=262144,t=3,p=1" + argon, "argon2, m=262144 t=3 p=1", "times 3 passes is above 524288"},
		{"$argon2id$v=19$m=262144,t=11,p=1" + argon, "unusable", "t is not a number from 1 to 10"},
		{"5f4dcc3b5aa765d61d8327deb882cf99", "MD5 or BLAKE2b", ""},
		{"$1$abcdefgh$G//4keteveJp0qb8z2DxG/", "md5-crypt", ""},
		{"password", "unknown", "unknown form"},
		{"$5$abcdefghijklmnop$uE3Q3Z6o7Qe7v9m1X0y8Zr1cXn5q6r7Sabcdefghijk", "unknown", "unknown form"},
	} {
		f, ok := users.FormOf(api.Secret(tt.hash), 3)
		if !ok || f.Name != tt.name || f.Users != 3 || !strings.Contains(f.Problem, tt.says) || (f.Problem == "") != (tt.says == "") {
			t.Errorf("%s: got %+v, want %q with the problem %q", tt.hash, f, tt.name, tt.says)
		}
		store := users.NewStore(memory.New(), users.StoreConfig{Passwords: cheap()})
		u, err := store.Create(t.Context(), users.NewUser{Login: "x", Hash: api.Secret(tt.hash)})
		if tt.says == "" && (err != nil || u.Hash.Reveal() != tt.hash) {
			t.Errorf("%s: got %v, want it stored unchanged", tt.hash, err)
		}
		if tt.says != "" && (api.CodeOf(err) != api.Invalid || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("%s: got %v, want a refusal that says %q", tt.hash, err, tt.says)
		}
		if err != nil && (strings.Contains(err.Error(), "c29tZXNhbHQ") || strings.Contains(err.Error(), tt.hash) && tt.name != "unknown") {
			t.Errorf("the error shows the hash: %v", err)
		}
	}
	for _, none := range []api.Secret{"", "*", "!locked"} {
		if f, ok := users.FormOf(none, 1); ok {
			t.Errorf("%q is of form %+v", none.Reveal(), f)
		}
	}
	store := users.NewStore(memory.New(), users.StoreConfig{Passwords: cheap()})
	if _, err := store.Create(t.Context(), users.NewUser{Login: "x", Password: "right password", Hash: "$2y$10$" + end}); api.CodeOf(err) != api.Invalid {
		t.Errorf("both a password and a hash: got %v, want code %s", err, api.Invalid)
	}
}

// TestStore_HashForms counts the formats in use; the one for new hashes is included.
func TestStore_HashForms(t *testing.T) {
	store, _ := newStore(t, users.RevokeOn{})
	for i, hash := range []api.Secret{"", "$P$BOEYhVExrAG021OKAd3L7kHYsi7Wln/", "$P$BOEYhVExrAG021OKAd3L7kHYsi7Wln/"} {
		if _, err := store.Create(t.Context(), users.NewUser{Login: fmt.Sprint("u", i), Hash: hash}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := users.HashForms(t.Context(), store)
	if err != nil || len(list) != 2 || list[0].Name != "argon2, m=8 t=1 p=1" || list[0].Users != 0 || list[1].Name != "phpass, 8192 rounds" || list[1].Users != 2 {
		t.Errorf("HashForms = %+v, %v; want no argon2 and two phpass hashes", list, err)
	}
	if list, err := users.HashForms(t.Context(), fakeDirectory{}); list != nil || err != nil {
		t.Errorf("a directory without the ability: got %v, %v; want nil", list, err)
	}
	if _, err := users.HashForms(t.Context(), counting{fakeDirectory: fakeDirectory{err: errors.New("gone")}}); err == nil {
		t.Error("a directory that does not answer: no error")
	}
}

// shuffled tells its forms in no order.
type shuffled struct{ fakeDirectory }

func (shuffled) HashForms(context.Context) ([]users.HashForm, error) {
	return []users.HashForm{{Name: "d"}, {Name: "b"}, {Name: "e"}, {Name: "a"}, {Name: "c"}}, nil
}

// TestHashForms_order: formats are sorted by name.
func TestHashForms_order(t *testing.T) {
	list, err := users.HashForms(t.Context(), shuffled{})
	got := ""
	for _, f := range list {
		got += f.Name
	}
	if err != nil || got != "abcde" {
		t.Errorf("got %q, %v; want \"abcde\"", got, err)
	}
}

// TestVerifyAny_first: if several hashes match, the first is returned.
func TestVerifyAny_first(t *testing.T) {
	pw := cheap()
	right, err := pw.Hash(t.Context(), "password")
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := pw.Hash(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	for want, list := range map[int][]api.Secret{
		0: {right, right, wrong}, 1: {wrong, right, right}, 2: {"*", "of no form", right}, 3: {"", wrong, wrong, right},
	} {
		if got, err := pw.VerifyAny(t.Context(), list, "password"); err != nil || got != want {
			t.Errorf("got %d, %v; want %d", got, err, want)
		}
	}
	for _, c := range []struct {
		list    []api.Secret
		verdict bool // whether the error says that none matches
	}{{nil, true}, {[]api.Secret{wrong, "*"}, true}, {[]api.Secret{wrong, "of no form"}, false}} {
		if got, err := pw.VerifyAny(t.Context(), c.list, "password"); got >= 0 || errors.Is(err, users.ErrMismatch) != c.verdict || err == nil {
			t.Errorf("%d hashes: got %d, %v", len(c.list), got, err)
		}
	}
}
