package state

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/config"
)

// AssertionKeysFile holds the keys that sign assertions, in the data directory.
// They are a ring of their own: no key that signs tokens can be taken for one of
// them.
const AssertionKeysFile = "assertion-keys.json"

// keepAssertionKeys is how long a replaced key stays in what sites are told to
// pin: long enough for every node to have learnt of the next one.
const keepAssertionKeys = time.Hour

// OpenAssertionKeys opens the ring of the keys that sign assertions, making the
// first one where there is none. Every process that has the data directory shares
// it. Close it when done.
func OpenAssertionKeys(ctx context.Context, cfg *config.Config, log *slog.Logger) (*keys.Ring, error) {
	c := AssertionKeyConfig(cfg, log)
	if cfg.Store.Driver != "memory" {
		if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
			return nil, fmt.Errorf("create data directory: %w", err)
		}
		c.File = filepath.Join(cfg.Data, AssertionKeysFile)
	}
	if IsMissing(c.File) {
		log.Info("no keys that sign assertions were kept, and new ones are made: sites that pinned others refuse them until they have what 'cardea keys export --for assertion' prints", "file", c.File)
	}
	ring, err := keys.Open(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("assertions: %w", err)
	}
	return ring, nil
}

// ReadAssertionKeys is OpenAssertionKeys for who only reads: it makes no key, and wants
// the file to be there.
func ReadAssertionKeys(ctx context.Context, cfg *config.Config, log *slog.Logger) (*keys.Ring, error) {
	c := AssertionKeyConfig(cfg, log)
	c.File, c.ReadOnly = filepath.Join(cfg.Data, AssertionKeysFile), true
	if IsMissing(c.File) {
		return nil, fmt.Errorf("%s is missing: start the server, which makes it, or run 'cardea keys rotate --for assertion'", c.File)
	}
	return keys.Open(ctx, c)
}

// AssertionKeyConfig returns what the keys that sign assertions are opened with, in memory.
func AssertionKeyConfig(cfg *config.Config, log *slog.Logger) keys.Config {
	return keys.Config{Algorithm: "EdDSA", Logger: log, Schedule: keys.Schedule{
		RotateEvery: cfg.Keys.AssertionRotateEvery.Std(), PublishAhead: cfg.Keys.AssertionPublishAhead.Std(), KeepFor: keepAssertionKeys,
	}}
}
