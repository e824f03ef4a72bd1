package users_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// wordPressHash is a hash that a real WordPress created or verified.
type wordPressHash struct {
	Kind     string
	Hash     string
	Password string
	Accepted bool // by that WordPress
}

// wordPressHashes reads from testdata what WordPress 6.1 and 6.9 hashed, and which hashes
// of other origin they accepted.
func wordPressHashes(t *testing.T) []wordPressHash {
	t.Helper()
	text, err := os.ReadFile("testdata/wordpress-hashes.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Versions []struct {
			Hashes []struct {
				Hash     string
				Password string
				Trimmed  bool `json:"wp_check_password_trimmed"`
			}
			Foreign     []wordPressHash `json:"foreign_hashes"`
			Application struct {
				Password string                    `json:"application_password"`
				Item     struct{ Password string } `json:"stored_item"`
			} `json:"application_password"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var all []wordPressHash
	for _, v := range file.Versions {
		for _, h := range v.Hashes {
			all = append(all, wordPressHash{"own", h.Hash, h.Password, h.Trimmed})
		}
		all = append(all, v.Foreign...)
		all = append(all, wordPressHash{"application password", v.Application.Item.Password, v.Application.Password, true})
	}
	return all
}

// taken returns the kinds of hashes that some version of WordPress accepts. A site here may
// have any version.
func taken(all []wordPressHash) map[string]bool {
	kinds := map[string]bool{}
	for _, h := range all {
		kinds[h.Kind] = kinds[h.Kind] || h.Accepted
	}
	return kinds
}

func TestPasswords_wordPress(t *testing.T) {
	pw, all := cheap(), wordPressHashes(t)
	kinds := taken(all)
	if len(all) < 60 || len(kinds) < 15 {
		t.Fatalf("got %d hashes of %d kinds: testdata is not what it was", len(all), len(kinds))
	}
	for i, h := range all {
		t.Run(fmt.Sprintf("%s %d", h.Kind, i), func(t *testing.T) {
			t.Parallel()
			want := kinds[h.Kind] && (h.Kind != "own" || h.Accepted)
			stored := users.WordPress(api.Secret(h.Hash))
			err := pw.Verify(t.Context(), stored, api.Secret(h.Password))
			if (err == nil) != want || (err != nil && !errors.Is(err, users.ErrMismatch)) {
				t.Errorf("%.40q for %q: got %v, want accepted %v", h.Password, h.Hash, err, want)
			}
			if want {
				changed := []byte(h.Hash)
				changed[len(changed)-1-i%20] ^= 1
				if err := pw.Verify(t.Context(), users.WordPress(api.Secret(changed)), api.Secret(h.Password)); err == nil {
					t.Errorf("%q verifies, changed to %q", h.Hash, changed)
				}
			}
		})
	}
}

// Hashes of "password" made by PHP at low cost.
const (
	cheapBcrypt    = "$2y$04$EVdkW9wZ3SRZS4XbhvO59.pCT1KvOw/iAUAtfggzk.wHOikcHaxlq"
	cheapWordPress = "$wp$2y$04$v.69zxU7il.ys9pWNWgpteX2iSmrNo6jf7T2dnvbpRBnyJzSbDhLy"
)

// TestPasswords_changedByte changes every byte of a hash of each format.
func TestPasswords_changedByte(t *testing.T) {
	pw := cheap()
	argon2id, err := pw.Hash(t.Context(), "password")
	if err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{
		argon2id.Reveal(), cheapBcrypt, cheapWordPress,
		"$P$BOEYhVExrAG021OKAd3L7kHYsi7Wln/",
		"$H$BY3lWAjUejCQq.or.zqP.9vXZBdpiS.",
		"$1$abcdefgh$G//4keteveJp0qb8z2DxG/",
		"5f4dcc3b5aa765d61d8327deb882cf99",
	} {
		for _, stored := range []api.Secret{api.Secret(hash), users.WordPress(api.Secret(hash))} {
			if err := pw.Verify(t.Context(), stored, "password"); err != nil {
				t.Errorf("%q: Verify: %v", hash, err)
			}
			if err := pw.Verify(t.Context(), stored, "Password"); !errors.Is(err, users.ErrMismatch) {
				t.Errorf("%q with another password: got %v, want error %q", hash, err, users.ErrMismatch)
			}
		}
		for i := range len(hash) {
			changed := []byte(hash)
			if changed[i] ^= 1; changed[i] == '1' {
				changed[i] = '9' // a cost of 14 would be accepted and take long
			}
			if err := pw.Verify(t.Context(), users.WordPress(api.Secret(changed)), "password"); err == nil {
				t.Errorf("%q verifies with byte %d changed to %q", hash, i, changed)
			}
		}
	}
}

func TestPasswords_unusedBits(t *testing.T) {
	hash, pw := "$2y$10$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG", cheap()
	if err := pw.Verify(t.Context(), api.Secret(hash), "password"); err != nil {
		t.Fatal(err)
	}
	for name, changed := range map[string]string{
		"bcrypt salt": strings.Replace(hash, "CKBjO", "CKBjP", 1),
		"bcrypt sum":  strings.TrimSuffix(hash, "G") + "H",
		"phpass sum":  "$P$BOEYhVExrAG021OKAd3L7kHYsi7Wlnz",
		"md5 case":    "5F4DCC3B5AA765D61D8327DEB882CF99",
	} {
		if err := pw.Verify(t.Context(), api.Secret(changed), "password"); err == nil {
			t.Errorf("%s: %q verifies, and is another text for the same hash", name, changed)
		}
	}
}

func TestPasswords_costTooHigh(t *testing.T) {
	pw := cheap()
	for name, test := range map[string]struct{ hash, says string }{
		"bcrypt":      {"$2y$16$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG", "cost 16 is above 15"},
		"bcrypt, 31":  {"$2y$31$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG", "cost 31 is above 15"},
		"bcrypt, 99":  {"$2y$99$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG", "cost"},
		"WordPress":   {"$wp$2y$16$f1WP.r601F0FLFIESyBheuhyONN1HhvNsPJxn5OqmyBnB8QdJKp1u", "cost 16 is above 15"},
		"phpass":      {"$P$JOEYhVExrAG021OKAd3L7kHYsi7Wln/", "cost 21 is not from 7 to 20"},
		"phpass, low": {"$P$0OEYhVExrAG021OKAd3L7kHYsi7Wln/", "cost 2 is not from 7 to 20"},
		"argon2i":     {"$argon2i$v=19$m=8,t=11,p=1$c29tZXNhbHQ$c29tZXNhbHQ", "t is not a number from 1 to 10"},
	} {
		for _, hash := range []api.Secret{api.Secret(test.hash), users.WordPress(api.Secret(test.hash))} {
			err := pw.Verify(t.Context(), hash, "password")
			if err == nil || errors.Is(err, users.ErrMismatch) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: got %v, want an error that says %q", name, err, test.says)
			}
		}
	}
}

func TestPasswords_trim(t *testing.T) {
	pw := cheap()
	const bcrypt, empty = cheapBcrypt, "d41d8cd98f00b204e9800998ecf8427e" // MD5 of nothing
	for name, test := range map[string]struct {
		hash, password api.Secret
		want           error
	}{
		"WordPress trims bcrypt":   {users.WordPress(bcrypt), "\t password\x00\r\n\v", nil},
		"others do not":            {bcrypt, " password", users.ErrMismatch},
		"a form of WordPress's":    {"5f4dcc3b5aa765d61d8327deb882cf99", " password ", nil},
		"a space that PHP leaves":  {users.WordPress(bcrypt), "\u00a0password", users.ErrMismatch},
		"nothing is left":          {empty, "  ", users.ErrMismatch},
		"nothing is left, marked":  {users.WordPress(empty), "  ", users.ErrMismatch},
		"a star":                   {users.WordPress("*"), "*", users.ErrMismatch},
		"an exclamation mark":      {"!locked", "locked", users.ErrMismatch},
		"plain text in WordPress":  {users.WordPress("password"), "password", users.ErrMismatch},
		"a mark inside of a mark":  {users.WordPress(users.WordPress(bcrypt)), "password", users.ErrMismatch},
		"no hash in WordPress":     {users.WordPress(""), "", users.ErrMismatch},
		"$wp$ without its prehash": {"$wp" + bcrypt, "password", users.ErrMismatch},
	} {
		if err := pw.Verify(t.Context(), test.hash, test.password); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

func TestPasswords_nobody(t *testing.T) {
	for _, hash := range []api.Secret{"", cheapBcrypt, "$P$BOEYhVExrAG021OKAd3L7kHYsi7Wln/", "of no form"} {
		pw := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1, Nobody: hash})
		for _, verify := range []func() error{
			func() error { return pw.VerifyNone(t.Context(), "password") },
			func() error { return pw.Verify(t.Context(), "*", "password") },
			func() error { return pw.Verify(t.Context(), users.WordPress("text"), "password") },
		} {
			before := pw.Runs()
			if err := verify(); !errors.Is(err, users.ErrMismatch) || pw.Runs() != before+1 {
				t.Errorf("like %q: got %v and %d hashes, want a mismatch and 1", hash.Reveal(), err, pw.Runs()-before)
			}
		}
	}
}

func TestPasswords_argon2i(t *testing.T) {
	// php -r 'echo password_hash("password", PASSWORD_ARGON2I);'
	const hash = "$argon2i$v=19$m=65536,t=4,p=1$RGFjLnZsQ25ZSk8ydDQ1ag$WWxVCLhC14EmofFesE+RTfACzBL3fXZLw+TY1k7L19w"
	if err := cheap().Verify(t.Context(), hash, "password"); err != nil {
		t.Error(err)
	}
}
