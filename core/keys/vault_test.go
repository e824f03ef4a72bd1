package keys_test

import (
	"path/filepath"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/store/storetest"
)

func TestVaults(t *testing.T) {
	t.Run("file", func(t *testing.T) {
		storetest.RunVault(t, func(t *testing.T) (keys.Vault, func() keys.Vault) {
			path := filepath.Join(t.TempDir(), "keys.json")
			return keys.NewFileVault(path, nil), func() keys.Vault { return keys.NewFileVault(path, nil) }
		})
	})
	t.Run("memory", func(t *testing.T) {
		storetest.RunVault(t, func(*testing.T) (keys.Vault, func() keys.Vault) { return keys.NewMemoryVault(), nil })
	})
}

// TestOpen_vault: rings of two processes that share a vault have the same keys.
func TestOpen_vault(t *testing.T) {
	v := keys.NewMemoryVault()
	one, err := keys.Open(t.Context(), keys.Config{Vault: v})
	if err != nil {
		t.Fatal(err)
	}
	two, err := keys.Open(t.Context(), keys.Config{Vault: v})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Reload(t.Context()); err != nil || two.Active().ID != one.Active().ID || len(two.All()) != 2 {
		t.Errorf("the second has %v, %v, the first %v", two.All(), err, one.All())
	}
	for name, c := range map[string]keys.Config{
		"and a file": {Vault: v, File: "keys.json"}, "and given keys": {Vault: v, Given: []api.Key{one.Active()}},
	} {
		if _, err := keys.Open(t.Context(), c); err == nil {
			t.Errorf("a vault %s were taken", name)
		}
	}
}
