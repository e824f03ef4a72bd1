package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core/keys"
)

// RunVault tests the vault that open returns, which must be new and empty at each call.
// again opens the same vault a second time; it is nil if that is impossible.
func RunVault(t *testing.T, open func(t *testing.T) (v keys.Vault, again func() keys.Vault)) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, v, other keys.Vault)
	}{
		{"a text comes back as it went", vaultKeeps},
		{"a change that fails changes nothing", vaultFails},
		{"with an ended context nothing is changed", vaultEnded},
		{"what is handed over is a copy", vaultCopies},
		{"changes at the same time are not lost", vaultAtOnce},
	} {
		t.Run(test.name, func(t *testing.T) {
			v, again := open(t)
			other := v
			if again != nil {
				other = again()
			}
			test.run(t, v, other)
		})
	}
}

func vaultStore(t *testing.T, v keys.Vault, text string) {
	t.Helper()
	if err := v.Update(t.Context(), func([]byte) ([]byte, error) { return []byte(text), nil }); err != nil {
		t.Fatal(err)
	}
}

// vaultHolds checks that the vault contains want, or nothing if want is "".
func vaultHolds(t *testing.T, v keys.Vault, want string) {
	t.Helper()
	err := v.Update(t.Context(), func(stored []byte) ([]byte, error) {
		if string(stored) != want || (stored == nil) != (want == "") {
			t.Errorf("%s holds %.100q, want %.100q", v.Place(), stored, want)
		}
		return nil, errLook
	})
	if !errors.Is(err, errLook) {
		t.Errorf("an error of the change became %v", err)
	}
}

var errLook = errors.New("only looking")

func vaultKeeps(t *testing.T, v, other keys.Vault) {
	vaultHolds(t, v, "")
	vaultHolds(t, other, "")
	for _, text := range []string{"one", strings.Repeat("long ", 200_000), "a\x00\xff\n"} {
		vaultStore(t, v, text)
		vaultHolds(t, v, text)
		vaultHolds(t, other, text)
	}
	if v.Place() == "" {
		t.Error("messages have no name for it")
	}
}

func vaultFails(t *testing.T, v, other keys.Vault) {
	broken := errors.New("broken")
	for _, before := range []string{"", "one"} {
		if before != "" {
			vaultStore(t, v, before)
		}
		err := v.Update(t.Context(), func([]byte) ([]byte, error) { return []byte("two"), broken })
		if err != broken { // unwrapped
			t.Errorf("got %v, want the change's own error", err)
		}
		vaultHolds(t, other, before)
	}
}

func vaultEnded(t *testing.T, v, other keys.Vault) {
	vaultStore(t, v, "one")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := v.Update(ctx, func([]byte) ([]byte, error) {
		t.Error("the function that makes the change was called")
		return []byte("two"), nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	vaultHolds(t, other, "one")
}

func vaultCopies(t *testing.T, v, other keys.Vault) {
	text := []byte("one")
	if err := v.Update(t.Context(), func([]byte) ([]byte, error) { return text, nil }); err != nil {
		t.Fatal(err)
	}
	text[0] = 'X'
	if err := v.Update(t.Context(), func(stored []byte) ([]byte, error) {
		stored[0] = 'Y'
		return nil, errLook
	}); !errors.Is(err, errLook) {
		t.Error(err)
	}
	vaultHolds(t, v, "one")
	vaultHolds(t, other, "one")
}

func vaultAtOnce(t *testing.T, v, other keys.Vault) {
	const each = 10
	var all sync.WaitGroup
	for _, at := range []keys.Vault{v, other, v, other} {
		all.Go(func() {
			for range each {
				if err := at.Update(t.Context(), func(stored []byte) ([]byte, error) { return append(stored, 'x'), nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	vaultHolds(t, v, strings.Repeat("x", 4*each))
}
