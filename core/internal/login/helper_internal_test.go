package login

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// newBare is logins without anything.
func newBare(t *testing.T) *Logins {
	t.Helper()
	s := memory.New()
	t.Cleanup(func() { s.Close() })
	dirs, err := directory.Open([]users.Directory{users.NewStore(s, users.StoreConfig{})}, s)
	if err != nil {
		t.Fatal(err)
	}
	return New(&env.Env{Store: s, Dirs: dirs, Index: session.NewIndex(), Now: time.Now}, Config{})
}
