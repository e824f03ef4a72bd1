package state

import (
	"cmp"
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/sqlite"
	"github.com/cardea-auth/cardea/server/config"
)

// OpenTimeout bounds opening one component.
const OpenTimeout = 30 * time.Second

// OpenStore opens the configured store. With readOnly it creates and changes nothing.
func OpenStore(cfg *config.Config, readOnly bool, log *slog.Logger) (store.Store, error) {
	if cfg.Store.Driver == "memory" {
		return memory.New(), nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), OpenTimeout)
	defer cancel()
	return sqlite.Open(ctx, sqlite.Config{Path: StorePath(cfg), Logger: log, ReadOnly: readOnly})
}

// StorePath returns the path of the database.
func StorePath(cfg *config.Config) string {
	return cmp.Or(cfg.Store.DSN.Reveal(), filepath.Join(cfg.Data, "cardea.db"))
}
