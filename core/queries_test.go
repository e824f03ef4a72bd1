package core_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/sqlite"
)

// TestDecide_noDatabase counts the statements of a real store. The log is polled only once
// an hour here, so every statement is Decide's.
func TestDecide_noDatabase(t *testing.T) {
	db, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(t.TempDir(), "cardea.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h := newTestEngine(t, func(c *core.Config) { c.Store = db })
	for _, kind := range []string{"basic", "apikey", "hs256"} {
		t.Run(kind, func(t *testing.T) {
			header := h.credential(kind)
			before := db.Queries()
			h.passes("first sight", header, "alice")
			first := db.Queries() - before
			if wants := kind != "hs256"; (first > 0) != wants {
				t.Errorf("the first request took %d statements, want some: %v", first, wants)
			}
			before = db.Queries()
			for range 100 {
				h.passes("repeat", header, "alice")
			}
			h.refused("bad checksum", keyHeader("cdk_0000000000_0000000000000000000000000000000000000000000_000000"), api.ReasonAPIKey)
			h.refused("no token of ours", bearer("a.b.c"), api.ReasonTokenMalformed)
			if n := db.Queries() - before; n != 0 {
				t.Errorf("100 repeats took %d statements, want none", n)
			}
		})
	}
}
