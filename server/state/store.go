package state

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/sqlite"
	"github.com/cardea-auth/cardea/server/config"
)

// OpenTimeout bounds opening one component.
const OpenTimeout = 30 * time.Second

// OpenStore opens the configured store. With readOnly it creates and changes nothing. It
// logs an error if what was stored before is lost.
func OpenStore(cfg *config.Config, readOnly bool, log *slog.Logger) (store.Store, error) {
	if cfg.Store.Driver == "memory" {
		return memory.New(), nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), OpenTimeout)
	defer cancel()
	if text := LostStore(ctx, cfg); text != "" && !readOnly {
		log.Error("a new store is created, and earlier data is lost", "problem", text)
		log = slog.New(slog.DiscardHandler) // it would tell of a store that was created
	}
	return sqlite.Open(ctx, sqlite.Config{Path: StorePath(cfg), Logger: log, ReadOnly: readOnly})
}

// PendingWarning says of a store that an older version has written what opening it for
// changes will make of it; "" if nothing.
func PendingWarning(ctx context.Context, cfg *config.Config) string {
	if cfg.Store.Driver == "memory" {
		return ""
	}
	path := StorePath(cfg)
	names, err := sqlite.Pending(ctx, path)
	if err != nil || len(names) == 0 {
		return "" // opening says what is wrong
	}
	return fmt.Sprintf("%s was written by an older version, which cannot open it any more once it is brought up to date, as the next start or change does (%s): keep a copy of it", path, strings.Join(names, ", "))
}

// StorePath returns the path of the database.
func StorePath(cfg *config.Config) string {
	return cmp.Or(cfg.Store.DSN.Reveal(), filepath.Join(cfg.Data, "cardea.db"))
}
