package state

import (
	"context"
	"path/filepath"

	"github.com/cardea-auth/cardea/core/store/sqlite"
	"github.com/cardea-auth/cardea/server/config"
)

// unmade returns why the store has no data: its file is missing or has no tables. It returns
// "" if the store has tables, is in memory, or cannot be read.
func unmade(ctx context.Context, cfg *config.Config) string {
	path, missing := StoreMissing(cfg)
	if missing {
		return path + " is missing"
	}
	return EmptyStore(ctx, cfg)
}

// EmptyStore says that the file of the store exists and has no tables; "" if that is not
// so.
func EmptyStore(ctx context.Context, cfg *config.Config) string {
	if cfg.Store.Driver == "memory" {
		return ""
	}
	path := StorePath(cfg)
	if empty, err := sqlite.IsEmpty(ctx, path); err != nil || !empty { // opening reports the error
		return ""
	}
	return sqlite.EmptyText(path)
}

// LostStore returns the warning that the store has no data although a server has run on
// the data directory, as after restoring only the other files; "" if that is not so.
func LostStore(ctx context.Context, cfg *config.Config) string {
	for _, name := range []string{keysFile, secretsFile} {
		if IsMissing(filepath.Join(cfg.Data, name)) {
			continue
		}
		if text := unmade(ctx, cfg); text != "" {
			return text + ", and a server has run here, since " + name + " is there: " + lostWithStore
		}
		return ""
	}
	return ""
}

// lostWithStore says what is lost with the data of the store, and what to do.
const lostWithStore = "users, API keys, sessions and revocations are lost, and tokens that were revoked count again. " +
	"Restore the database from the backup; without one, run 'cardea token revoke --everything' after the start"
