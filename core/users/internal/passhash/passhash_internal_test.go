package passhash

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// hashOf returns the cheapest hash of a text in each format, computed independently.
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

// TestForms_verdicts: in each format a wrong password is a mismatch, and a hash that cannot
// be verified is another error.
func TestForms_verdicts(t *testing.T) {
	for form, hash := range hashOf(t, "password") {
		s := Find(Forms(), hash)
		if s == nil {
			t.Fatalf("%s: %s is of no form", form, hash)
		}
		if err := s.Verify(hash, "password"); err != nil {
			t.Errorf("%s, the password: %v", form, err)
		}
		for _, other := range []string{"", "Password", "password1"} {
			if err := s.Verify(hash, other); !errors.Is(err, ErrMismatch) {
				t.Errorf("%s, %q: Verify: got %v, want error %q", form, other, err, ErrMismatch)
			}
		}
		if err := s.Verify(hash[:len(hash)-5], "password"); err == nil || errors.Is(err, ErrMismatch) {
			t.Errorf("%s, cut off: %v", form, err)
		}
	}
	for _, short := range []string{"$generic$x", "$2y$04$" + strings.Repeat("!", 21) + "." + strings.Repeat("!", 31)} {
		if err := Find(Forms(), short).Verify(short, "password"); err == nil || errors.Is(err, ErrMismatch) {
			t.Errorf("Verify(%s): got %v, want an error that is not a mismatch", short, err)
		}
	}
}

// TestForms_empty: an empty password never matches, as in WordPress, even with the hash of
// an empty one.
func TestForms_empty(t *testing.T) {
	empty := hashOf(t, "")
	for form, hash := range map[string]string{
		"phpass":           empty["phpass"],
		"md5":              "d41d8cd98f00b204e9800998ecf8427e",
		"prehashed":        "$wp" + hashOf(t, prehash(""))["bcrypt"],
		"WordPress bcrypt": wordPressPrefix + empty["bcrypt"],
		"WordPress md5":    wordPressPrefix + "d41d8cd98f00b204e9800998ecf8427e",
	} {
		s := Find(Marked(), hash)
		if s == nil {
			t.Fatalf("%s: %s is of no form", form, hash)
		}
		for _, text := range []string{"", " ", "\t\n"} {
			if err := s.Verify(hash, text); !errors.Is(err, ErrMismatch) {
				t.Errorf("%s, %q: Verify: got %v, want error %q", form, text, err, ErrMismatch)
			}
		}
	}
}

// TestMissingMemory: an attempt uses the memory that the most expensive hash would.
func TestMissingMemory(t *testing.T) {
	a := func(n, passes uint32) Cost { return Cost{Kind: Argon, Lanes: 1, N: n, Passes: passes} }
	other := Cost{Kind: Bcrypted, N: 12}
	for name, c := range map[string]struct {
		done, inUse []Cost
		want        Cost // zero: none
	}{
		"nothing in use":               {nil, nil, Cost{}},
		"none of memory":               {nil, []Cost{other}, Cost{}},
		"nothing done":                 {nil, []Cost{a(64, 2)}, a(64, 2)},
		"something else done":          {[]Cost{other}, []Cost{a(64, 2)}, a(64, 2)},
		"the same done":                {[]Cost{a(64, 2)}, []Cost{a(64, 2)}, Cost{}},
		"more done":                    {[]Cost{a(65, 2)}, []Cost{a(64, 2)}, Cost{}},
		"less done":                    {[]Cost{a(24, 2)}, []Cost{a(64, 2)}, a(40, 2)},
		"two done":                     {[]Cost{a(24, 2), a(20, 2)}, []Cost{a(64, 2)}, a(20, 2)},
		"the dearest first":            {nil, []Cost{a(64, 2), a(32, 2)}, a(64, 2)},
		"the dearest last":             {nil, []Cost{a(32, 2), other, a(64, 2)}, a(64, 2)},
		"more passes, as much at once": {nil, []Cost{a(32, 2), a(32, 3), a(32, 1)}, a(32, 3)},
		"less than the least":          {[]Cost{a(63, 2)}, []Cost{a(64, 2)}, a(MinMemory, 2)},
	} {
		got, ok := missingMemory(c.done, c.inUse)
		if got != c.want || ok != (c.want != Cost{}) {
			t.Errorf("%s: got %v, %v; want %v", name, got, ok, c.want)
		}
	}
}

// TestStopwatch: times near zero are not measured, and the number of times is bounded.
func TestStopwatch(t *testing.T) {
	var w Stopwatch
	if w.Of(Cost{}, 8) != 0 || w.times != nil {
		t.Error("next to nothing was measured")
	}
	one := Cost{Kind: Bcrypted, N: 4}
	first := w.Of(one, 8)
	if first <= 0 || w.Of(one, 8) != first || w.sum([]Cost{one, one}, 8) != 2*first {
		t.Errorf("measured %v, then %v, %v", first, w.Of(one, 8), w.sum([]Cost{one, one}, 8))
	}
	for i := range mostTimes {
		w.times[Cost{Kind: Stretched, N: uint32(i)}] = duration{}
	}
	w.Of(Cost{Kind: Bcrypted, N: 5}, 8)
	if len(w.times) != 1 {
		t.Errorf("%d times are remembered", len(w.times))
	}
	w.times = map[Cost]duration{{Kind: Stretched, N: 7}: {fixed: 100, block: 10}}
	if got, want := w.Of(Cost{Kind: Stretched, N: 7}, 100), 100+10*(Cost{Kind: Stretched}).blocks(100); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
