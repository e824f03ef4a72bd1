package users

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/cardea-auth/cardea/core/api"
)

// hashOf is the cheapest hash of a text in each form, by a way of its own.
func hashOf(t *testing.T, text string) map[string]string {
	t.Helper()
	bcrypted := func(text string) string {
		h, err := bcrypt.GenerateFromPassword([]byte(text), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		return "$2y$" + strings.TrimPrefix(string(h), "$2a$")
	}
	salted := func(sum []byte) string {
		enc := base64.RawStdEncoding
		return "$v=19$m=8,t=1,p=1$" + enc.EncodeToString([]byte("saltsalt")) + "$" + enc.EncodeToString(sum)
	}
	sum := stretch("saltsalt", text, 1<<minPhpass)
	return map[string]string{
		"argon2id": "$argon2id" + salted(argon2.IDKey([]byte(text), []byte("saltsalt"), 1, 8, 1, 32)),
		"argon2i":  "$argon2i" + salted(argon2.Key([]byte(text), []byte("saltsalt"), 1, 8, 1, 32)),
		"bcrypt":   bcrypted(text),
		"phpass":   "$P$" + string(itoa64[minPhpass]) + "saltsalt" + encode64(sum[:]),
		"md5crypt": "$1$saltsalt$" + md5CryptSum("saltsalt", text),
	}
}

// TestForms_verdicts: in each form another password is a mismatch and nothing else, and
// what cannot be verified is no mismatch.
func TestForms_verdicts(t *testing.T) {
	for form, hash := range hashOf(t, "password") {
		s := formOf(forms(), hash)
		if s == nil {
			t.Fatalf("%s: %s is of no form", form, hash)
		}
		if err := s.verify(hash, "password"); err != nil {
			t.Errorf("%s, the password: %v", form, err)
		}
		for _, other := range []string{"", "Password", "password1"} {
			if err := s.verify(hash, other); !errors.Is(err, ErrMismatch) {
				t.Errorf("%s, %q: %v", form, other, err)
			}
		}
		if err := s.verify(hash[:len(hash)-5], "password"); err == nil || errors.Is(err, ErrMismatch) {
			t.Errorf("%s, cut off: %v", form, err)
		}
	}
	for _, short := range []string{"$generic$x", "$2y$04$" + strings.Repeat("!", 21) + "." + strings.Repeat("!", 31)} {
		if err := formOf(forms(), short).verify(short, "password"); err == nil || errors.Is(err, ErrMismatch) {
			t.Errorf("%s: %v", short, err)
		}
	}
}

// TestForms_empty: WordPress logs nobody in without a password, also where the hash is
// that of an empty one.
func TestForms_empty(t *testing.T) {
	empty := hashOf(t, "")
	for form, hash := range map[string]string{
		"phpass":           empty["phpass"],
		"md5":              "d41d8cd98f00b204e9800998ecf8427e",
		"prehashed":        "$wp" + hashOf(t, prehash(""))["bcrypt"],
		"WordPress bcrypt": wordPressPrefix + empty["bcrypt"],
		"WordPress md5":    wordPressPrefix + "d41d8cd98f00b204e9800998ecf8427e",
	} {
		s := formOf(append(forms(), wordPress{forms()}), hash)
		if s == nil {
			t.Fatalf("%s: %s is of no form", form, hash)
		}
		for _, text := range []string{"", " ", "\t\n"} {
			if err := s.verify(hash, text); !errors.Is(err, ErrMismatch) {
				t.Errorf("%s, %q: %v", form, text, err)
			}
		}
	}
}

// TestNewPasswords_nobody: tries for nobody cost what the form says that is given, if it
// is one that is taken; else what a hash of ours does.
func TestNewPasswords_nobody(t *testing.T) {
	known := hashOf(t, "x")["bcrypt"]
	for hash, want := range map[string]cost{
		known: {kind: bcrypted, n: 4}, "": {kind: argon, lanes: 1, n: 8, passes: 1}, "of no form": {kind: argon, lanes: 1, n: 8, passes: 1},
		strings.Replace(known, "$04$", "$14$", 1): {kind: argon, lanes: 1, n: 8, passes: 1},
	} {
		if got := NewPasswords(PasswordConfig{Memory: 8, Passes: 1, Nobody: api.Secret(hash)}).nobody; got != want {
			t.Errorf("%q: got %v, want %v", hash, got, want)
		}
	}
}

// TestMissingMemory: what is filled up is the difference to the dearest in use.
func TestMissingMemory(t *testing.T) {
	a := func(n, passes uint32) cost { return cost{kind: argon, lanes: 1, n: n, passes: passes} }
	other := cost{kind: bcrypted, n: 12}
	for name, c := range map[string]struct {
		done, inUse []cost
		want        cost // zero: none
	}{
		"nothing in use":               {nil, nil, cost{}},
		"none of memory":               {nil, []cost{other}, cost{}},
		"nothing done":                 {nil, []cost{a(64, 2)}, a(64, 2)},
		"something else done":          {[]cost{other}, []cost{a(64, 2)}, a(64, 2)},
		"the same done":                {[]cost{a(64, 2)}, []cost{a(64, 2)}, cost{}},
		"more done":                    {[]cost{a(65, 2)}, []cost{a(64, 2)}, cost{}},
		"less done":                    {[]cost{a(24, 2)}, []cost{a(64, 2)}, a(40, 2)},
		"two done":                     {[]cost{a(24, 2), a(20, 2)}, []cost{a(64, 2)}, a(20, 2)},
		"the dearest first":            {nil, []cost{a(64, 2), a(32, 2)}, a(64, 2)},
		"the dearest last":             {nil, []cost{a(32, 2), other, a(64, 2)}, a(64, 2)},
		"more passes, as much at once": {nil, []cost{a(32, 2), a(32, 3), a(32, 1)}, a(32, 3)},
		"less than the least":          {[]cost{a(63, 2)}, []cost{a(64, 2)}, a(minMemory, 2)},
	} {
		got, ok := missingMemory(c.done, c.inUse)
		if got != c.want || ok != (c.want != cost{}) {
			t.Errorf("%s: got %v, %v; want %v", name, got, ok, c.want)
		}
	}
}

// TestPublic: what a repository answers has a code for the client, and one that has it
// keeps it.
func TestPublic(t *testing.T) {
	var none *api.Error
	for name, c := range map[string]struct {
		err  error
		code api.Code
	}{
		"its own": {api.E(api.Denied, "", "x"), api.Denied}, "taken": {api.ErrConflict, api.Conflict}, "nobody": {api.ErrNotFound, api.NotFound},
		"broken": {errors.New("x"), api.Unavailable}, "a nil *Error": {none, api.Unavailable},
	} {
		if got := api.CodeOf(public(c.err)); got != c.code {
			t.Errorf("%s: got %s, want %s", name, got, c.code)
		}
	}
	if public(nil) != nil {
		t.Error("no error became one")
	}
}
