package state

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/config"
)

// AssertionKeysFile is the file in the data directory with the keys that sign assertions.
// They have their own ring, so that they cannot be confused with keys that sign tokens.
const AssertionKeysFile = "assertion-keys.json"

// keepAssertionKeys is how long a replaced key stays in the list that sites pin: long
// enough for every node to load the next one.
const keepAssertionKeys = time.Hour

// OpenAssertionKeys opens the ring of the keys that sign assertions, and creates the
// first key if there is none. All processes with the same data directory share it. The
// caller closes it.
func OpenAssertionKeys(ctx context.Context, cfg *config.Config, log *slog.Logger) (*keys.Ring, error) {
	c := AssertionKeyConfig(cfg, log)
	if cfg.Store.Driver != "memory" {
		if err := files.MkdirAll(cfg.Data); err != nil {
			return nil, fmt.Errorf("create data directory: %w", err)
		}
		c.File = filepath.Join(cfg.Data, AssertionKeysFile)
	}
	if lost := LostAssertionKeys(ctx, cfg, false); lost != "" {
		log.Warn("the keys that sign assertions are missing, and new ones are made", "problem", lost)
	} else if IsMissing(c.File) {
		log.Info("assertion keys are missing, new ones are created: sites that pinned others reject them until they have the output of 'cardea keys export --for assertion'", "file", c.File)
	}
	ring, err := keys.Open(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("assertions: %w", err)
	}
	return ring, nil
}

// ReadAssertionKeys is OpenAssertionKeys for reading: it creates no key and requires that
// the file exists.
func ReadAssertionKeys(ctx context.Context, cfg *config.Config, log *slog.Logger) (*keys.Ring, error) {
	c := AssertionKeyConfig(cfg, log)
	c.File, c.ReadOnly = filepath.Join(cfg.Data, AssertionKeysFile), true
	if IsMissing(c.File) {
		return nil, fmt.Errorf("%s is missing: start the server, which creates it, or run 'cardea keys rotate --for assertion'", c.File)
	}
	return keys.Open(ctx, c)
}

// AssertionKeyConfig returns the configuration of the keys that sign assertions, in
// memory.
func AssertionKeyConfig(cfg *config.Config, log *slog.Logger) keys.Config {
	return keys.Config{Algorithm: "EdDSA", Logger: log, Schedule: keys.Schedule{
		RotateEvery: cfg.Keys.AssertionRotateEvery.Std(), PublishAhead: cfg.Keys.AssertionPublishAhead.Std(), KeepFor: keepAssertionKeys,
	}}
}
