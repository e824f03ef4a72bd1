package users

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users/internal/passhash"
)

// TestParseArgon2 tests each part of a hash at both of its bounds.
func TestParseArgon2(t *testing.T) {
	const salt, sum = "c29tZXNhbHQ", "c29tZXNhbHQ"                                                    // eight bytes each
	long, longer := strings.Repeat("c29tZXNh", 10)+"c29tZQ", strings.Repeat("c29tZXNh", 10)+"c29tZXM" // 64 and 65 bytes
	for text, want := range map[string]string{
		"v=19$m=8,t=1,p=1$" + salt + "$" + sum: "", "v=19$m=262144,t=10,p=16$" + salt + "$" + sum: "", "v=19$m=8,t=1,p=1$" + long + "$" + long: "",
		"v=19$m=7,t=1,p=1$" + salt + "$" + sum: "m is not a number from 8 to 262144", "v=19$m=262145,t=1,p=1$" + salt + "$" + sum: "m is not",
		"v=19$m=8,t=0,p=1$" + salt + "$" + sum: "t is not a number from 1 to 10", "v=19$m=8,t=11,p=1$" + salt + "$" + sum: "t is not", "v=19$m=8,t=1,p=0$" + salt + "$" + sum: "p is not a number from 1 to 16", "v=19$m=8,t=1,p=17$" + salt + "$" + sum: "p is not",
		"v=19$n=8,t=1,p=1$" + salt + "$" + sum: "m is not", "v=19$m=x,t=1,p=1$" + salt + "$" + sum: "m is not", "v=19$m=8,t=,p=1$" + salt + "$" + sum: "t is not", "v=19$8,t=1,p=1$" + salt + "$" + sum: "m is not", "v=19$m=4294967304,t=1,p=1$" + salt + "$" + sum: "m is not",
		"v=19$m=8,t=1$" + salt + "$" + sum: "parameters are not m,t,p", "v=19$m=8,t=1,p=1,x=1$" + salt + "$" + sum: "parameters", "v=16$m=8,t=1,p=1$" + salt + "$" + sum: "version is not 19", "$m=8,t=1,p=1$" + salt + "$" + sum: "version",
		"v=19$m=8,t=1,p=1$" + salt: "3 parts instead of 4", "v=19$m=8,t=1,p=1$" + salt + "$" + sum + "$": "5 parts",
		"v=19$m=8,t=1,p=1$c29tZXNhbA$" + sum: "salt is not base64 of 8 to 64 bytes", "v=19$m=8,t=1,p=1$" + salt + "$c29tZXNhbA": "sum is not", "v=19$m=8,t=1,p=1$" + longer + "$" + sum: "salt is not", "v=19$m=8,t=1,p=1$" + salt + "$" + longer: "sum is not",
		"v=19$m=8,t=1,p=1$c29tZXNhbHR$" + sum: "salt is not", "v=19$m=8,t=1,p=1$" + salt + "=$" + sum: "salt is not", "v=19$m=8,t=1,p=1$" + salt + "$!": "sum is not", "v=19$m=8,t=1,p=1$$" + sum: "salt is not",
	} {
		for _, prefix := range []string{"$argon2id$", "$argon2i$"} {
			hash := prefix + text
			f, _ := FormOf(api.Secret(hash), 1)
			if (f.Problem == "") != (want == "") || !strings.Contains(f.Problem, want) {
				if !(want == "" && strings.Contains(f.Problem, "is above")) {
					t.Errorf("%s: got %q, want %q", hash, f.Problem, want)
				}
			}
			if want == "" {
				continue // it would take too long
			}
			if err := passhash.Find(passhash.Forms(), hash).Verify(hash, "x"); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s verified: got %v, want an error with %q", hash, err, want)
			}
		}
	}
}

// TestForms_bounds tests the other formats just inside and just outside their bounds.
func TestForms_bounds(t *testing.T) {
	const sum = "OEYhVExrAG021OKAd3L7kHYsi7Wln/"
	for hash, want := range map[string]string{
		"$P$5" + sum: "", "$P$4" + sum: "cost 6 is not from 7 to 20", "$P$I" + sum: "1048576 rounds of phpass are more than 65536", "$P$J" + sum: "cost 21 is not", "$P$E" + sum: "", "$P$F" + sum: "131072 rounds", "$P$!" + sum: "cost -1 is not", "$P$B" + sum + "x": "35 characters instead of 34", "$H$B" + sum[1:]: "33 characters",
		"$1$a$G//4keteveJp0qb8z2DxG/": "", "$1$abcdefgh$G//4keteveJp0qb8z2DxG/": "", "$1$abcdefghi$G//4keteveJp0qb8z2DxG/": "md5-crypt", "$1$$G//4keteveJp0qb8z2DxG/": "md5-crypt", "$1$a$G//4keteveJp0qb8z2DxG": "md5-crypt", "$1$a": "md5-crypt", "$1$a$G//4keteveJp0qb8z2DxG//": "md5-crypt",
		"$generic$" + strings.Repeat("a", 40): "", "$generic$" + strings.Repeat("a", 39): "not 40 characters", "$generic$" + strings.Repeat("a", 41): "not 40 characters",
		"$2y$13$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG": "", "$2a$14$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG": "cost 14 is above 13", "$2b$15$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG": "cost 15 is above 13", "$2y$16$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG": "cost 16 is above 15", "$2y$03$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG": "not valid for bcrypt",
		"$2y$10$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFGx": "60 in all", "$2y$10x.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG": "60 in all", "$2y$10$.xTdmkdJMcjASGqNzCKBjPq9s06KD5soxZbzojWvtTpU8bAyuHcFG": "bits beyond its end",
		"$wp$2y$10$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG": "", "5f4dcc3b5aa765d61d8327deb882cf99": "", "5f4dcc3b5aa765d61d8327deb882cf9": "an unknown form", "5f4dcc3b5aa765d61d8327deb882cf9g": "an unknown form", "$wp$2a$10$.x": "an unknown form", "$2x$10$x": "an unknown form", "plain": "an unknown form",
		"$argon2id$v=19$m=262144,t=2,p=1$c29tZXNhbHQ$c29tZXNhbHQ": "", "$argon2id$v=19$m=262144,t=3,p=1$c29tZXNhbHQ$c29tZXNhbHQ": "times 3 passes is above 524288",
	} {
		f, ok := FormOf(api.Secret(hash), 3)
		if !ok || f.Users != 3 || (f.Problem == "") != (want == "") || !strings.Contains(f.Problem, want) {
			t.Errorf("%s: got %+v, want %q", hash, f, want)
		}
		if err := checkHash(api.Secret(hash)); (err == nil) != (want == "") || err != nil && api.CodeOf(err) != api.Invalid {
			t.Errorf("%s: checked %v", hash, err)
		}
	}
	for _, locked := range []api.Secret{"", "*", "!", "*x", "!x"} {
		if f, ok := FormOf(locked, 1); ok {
			t.Errorf("%q is of form %+v", locked.Reveal(), f)
		}
	}
	for c, want := range map[passhash.Cost]string{{}: "MD5 or BLAKE2b", {Kind: passhash.Crypted}: "md5-crypt", {Kind: passhash.Stretched, N: 8192}: "phpass, 8192 rounds", {Kind: passhash.Bcrypted, N: 10}: "bcrypt, cost 10", {Kind: passhash.Argon, N: 8, Passes: 2, Lanes: 1}: "argon2, m=8 t=2 p=1"} {
		if c.String() != want {
			t.Errorf("got %s, want %s", c, want)
		}
	}
}
