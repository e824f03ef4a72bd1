package users_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

func TestPasswords_roundTrip(t *testing.T) {
	pw := cheap()
	for _, password := range []api.Secret{"correct horse", " spaces kept ", "påsswörd", "\x00binary\xff", api.Secret(strings.Repeat("x", users.MaxPassword))} {
		hash, err := pw.Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		if err := pw.Verify(t.Context(), hash, password); err != nil {
			t.Errorf("%q: Verify: %v", password.Reveal(), err)
		}
		for _, other := range []api.Secret{password + "x", password[1:], "", api.Secret(strings.ToUpper(password.Reveal())) + "!"} {
			if err := pw.Verify(t.Context(), hash, other); !errors.Is(err, users.ErrMismatch) {
				t.Errorf("%q for %q: got %v, want a mismatch", other.Reveal(), password.Reveal(), err)
			}
		}
	}
}

func TestPasswords_Hash(t *testing.T) {
	pw := users.NewPasswords(users.PasswordConfig{Rand: bytes.NewReader(make([]byte, 32))})
	first, err := pw.Hash(t.Context(), "secret")
	if err != nil || !strings.HasPrefix(first.Reveal(), "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$") {
		t.Errorf("got %q, %v; want text with %q", first.Reveal(), err, "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$")
	}
	if _, err := pw.Hash(t.Context(), api.Secret(strings.Repeat("x", users.MaxPassword+1))); err == nil {
		t.Error("a password beyond the bound was hashed")
	}
	pw.Hash(t.Context(), "the last of the randomness")
	if _, err := pw.Hash(t.Context(), "secret"); err == nil {
		t.Error("computed a hash without randomness")
	}
	a, _ := cheap().Hash(t.Context(), "secret")
	b, _ := cheap().Hash(t.Context(), "secret")
	if a == b {
		t.Error("two hashes have the same salt")
	}
}

// TestPasswords_knownHash verifies a hash made with libargon2's command line: echo -n
// password argon2 somesalt -id -t 2 -k 65536 -p 1
func TestPasswords_knownHash(t *testing.T) {
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if err := cheap().Verify(t.Context(), hash, "password"); err != nil {
		t.Error(err)
	}
}

func TestPasswords_badHashes(t *testing.T) {
	pw := cheap()
	for name, hash := range map[string]string{
		"plain text":      "password",
		"another scheme":  "$5$abcdefghijklmnop$uE3Q3Z6o7Qe7v9m1X0y8Zr1cXn5q6r7Sabcdefghijk",
		"argon2d":         "$argon2d$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
		"no version":      "$argon2id$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
		"old version":     "$argon2id$v=16$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
		"too much memory": "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
		"just too much":   "$argon2id$v=19$m=262145,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
		"too many passes": "$argon2id$v=19$m=8,t=11,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
		"no passes":       "$argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
		"no lanes":        "$argon2id$v=19$m=8,t=1,p=0$c29tZXNhbHQ$c29tZXNhbHQ",
		"lanes wrap":      "$argon2id$v=19$m=8,t=1,p=257$c29tZXNhbHQ$c29tZXNhbHQ",
		"negative":        "$argon2id$v=19$m=-8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
		"parameter order": "$argon2id$v=19$t=1,m=8,p=1$c29tZXNhbHQ$c29tZXNhbHQ",
		"short salt":      "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$c29tZXNhbHQ",
		"padded salt":     "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ=$c29tZXNhbHQ",
		"empty sum":       "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$",
		"long sum":        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$" + strings.Repeat("AAAA", 22),
		"a part too many": "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ$",
	} {
		err := pw.Verify(t.Context(), api.Secret(hash), "password")
		if err == nil || errors.Is(err, users.ErrMismatch) {
			t.Errorf("%s: got %v, want a technical error", name, err)
		} else if strings.Contains(err.Error(), "c29tZXNhbHQ") {
			t.Errorf("%s: the error shows the hash: %v", name, err)
		}
	}
}

func FuzzPasswords_Verify(f *testing.F) {
	pw := cheap()
	hash, err := pw.Hash(f.Context(), "password")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(hash.Reveal())
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ")
	f.Add("$argon2id$$$$")
	f.Fuzz(func(t *testing.T, hash string) {
		if err := pw.Verify(t.Context(), api.Secret(hash), "another password"); err == nil {
			t.Errorf("%q accepts a password that was never set", hash)
		}
	})
}

func TestPasswords_emptyHashAndLongPasswordCostTheSame(t *testing.T) {
	pw := cheap()
	hash, _ := pw.Hash(t.Context(), "password")
	long := api.Secret(strings.Repeat("x", users.MaxPassword+1))
	for name, verify := range map[string]func() error{
		"no hash":       func() error { return pw.Verify(t.Context(), "", "password") },
		"nothing":       func() error { return pw.Verify(t.Context(), "", "") },
		"long password": func() error { return pw.Verify(t.Context(), hash, long) },
		"nobody":        func() error { return pw.VerifyNone(t.Context(), "password") },
		"nobody, long":  func() error { return pw.VerifyNone(t.Context(), long) },
	} {
		before := pw.Runs()
		if err := verify(); !errors.Is(err, users.ErrMismatch) {
			t.Errorf("%s: got %v, want a mismatch", name, err)
		}
		if got := pw.Runs() - before; got != 1 {
			t.Errorf("%s: got %d hashes, want 1", name, got)
		}
	}
}

func TestPasswords_waitHonoursContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pw := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1, Concurrent: 1})
		release := users.Occupy(pw)
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error, 1)
		go func() { result <- pw.VerifyNone(ctx, "password") }()
		synctest.Wait() // it waits for its turn
		if got := pw.Runs(); got != 0 {
			t.Errorf("got %d hashes while the only turn was taken, want 0", got)
		}
		cancel()
		if err := <-result; !errors.Is(err, context.Canceled) || errors.Is(err, users.ErrMismatch) {
			t.Errorf("got %v, want canceled and no verdict", err)
		}
		release()
		if err := pw.VerifyNone(t.Context(), "password"); !errors.Is(err, users.ErrMismatch) {
			t.Errorf("got %v after the turn was free, want a mismatch", err)
		}
		if err := pw.VerifyNone(ctx, "password"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v with an ended context, want canceled", err)
		}
	})
}

func ExampleNewPasswords() {
	pw := users.NewPasswords(users.PasswordConfig{})
	hash, _ := pw.Hash(context.Background(), "correct horse")
	fmt.Println(hash, pw.Verify(context.Background(), hash, "correct horse"), pw.Verify(context.Background(), hash, "battery staple"))
	// Output: [redacted] <nil> password does not match
}

func BenchmarkPasswords_Verify(b *testing.B) {
	pw := users.NewPasswords(users.PasswordConfig{})
	hash, _ := pw.Hash(b.Context(), "correct horse")
	b.ReportAllocs()
	for b.Loop() {
		pw.Verify(b.Context(), hash, "correct horse")
	}
}
