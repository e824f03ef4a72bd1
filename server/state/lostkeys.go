package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/server/config"
)

// LostKeys reports whether the file with the keys that sign tokens is missing although
// the store is in use, as after restoring only the database. The next start creates new
// keys, which refuses the tokens that the missing ones signed. It returns the file's name.
func LostKeys(ctx context.Context, cfg *config.Config) (file string, lost bool, err error) {
	silent := slog.New(slog.DiscardHandler)
	c, err := KeyConfig(cfg, silent)
	if err != nil || !IsMissing(c.File) || unmade(ctx, cfg) != "" {
		return c.File, false, err
	}
	s, err := OpenStore(cfg, true, silent)
	if err != nil {
		return c.File, false, err
	}
	lost, err = wasUsed(ctx, s)
	return c.File, lost, errors.Join(err, s.Close())
}

// LostKeysWarning returns the warning for the operator: new keys are created now, or at
// the next start if later is true.
func LostKeysWarning(file string, later bool) string {
	made := "new keys are made, and " + refusedWithoutKeys
	if later {
		made = "the next start makes new keys, and then " + refusedWithoutKeys
	}
	return file + " is missing, and the store was in use: " + made + ". To keep those tokens, restore the file from the backup"
}

// refusedWithoutKeys says what is refused without the keys, and what is not.
const refusedWithoutKeys = "tokens that the missing keys signed are refused, while refresh tokens, API keys and tokens of mounts with a secret of their own stay valid"

// LostAssertionKeys returns a warning if the file with the keys that sign assertions is
// missing although the store is in use and an upstream needs them, as after restoring a
// backup without it; "" if not, or if the store cannot be read. A new key is made now, or at
// the next start if later is true.
func LostAssertionKeys(ctx context.Context, cfg *config.Config, later bool) string {
	file := filepath.Join(cfg.Data, AssertionKeysFile)
	asserts := func(u config.Upstream) bool { return u.Identity == "assertion" }
	if cfg.Store.Driver == "memory" || !IsMissing(file) || unmade(ctx, cfg) != "" || !slices.ContainsFunc(slices.Collect(maps.Values(cfg.Upstreams)), asserts) {
		return ""
	}
	s, err := OpenStore(cfg, true, slog.New(slog.DiscardHandler))
	if err != nil {
		return ""
	}
	defer s.Close()
	if used, err := wasUsed(ctx, s); err != nil || !used {
		return ""
	}
	made := "a new key is made"
	if later {
		made = "the next start makes a new key"
	}
	return file + " is missing: " + made + ", and sites that have pinned another refuse the gateway until their wp-config.php has the output of " +
		"'cardea keys export --for assertion'. To keep the old key, restore the file from the backup"
}

// StoreMissing reports whether the store does not exist yet, and its path. A store in
// memory is never missing.
func StoreMissing(cfg *config.Config) (path string, missing bool) {
	if cfg.Store.Driver == "memory" {
		return "", false
	}
	path = StorePath(cfg)
	return path, IsMissing(path)
}

// IsMissing reports whether a file does not exist; false for "".
func IsMissing(file string) bool {
	_, err := os.Stat(file)
	return file != "" && errors.Is(err, fs.ErrNotExist)
}

// wasUsed reports whether a store has data that only a server, and so a key, can have
// written.
func wasUsed(ctx context.Context, s store.Store) (bool, error) {
	sessions, err := s.Sessions(ctx, "", "", 1)
	if err != nil || len(sessions) > 0 {
		return len(sessions) > 0, err
	}
	users, err := s.Users(ctx, 0, 1)
	if err != nil || len(users) > 0 {
		return len(users) > 0, err
	}
	revoked, err := s.RevocationsSince(ctx, 0, time.Time{}, 1)
	return len(revoked) > 0, err
}

// WarnOfLostKeys logs that the key file is missing although the store is in use.
func WarnOfLostKeys(ctx context.Context, s store.Store, file string, log *slog.Logger) {
	if !IsMissing(file) {
		return
	}
	if used, err := wasUsed(ctx, s); err == nil && used { // errors show up elsewhere
		log.Error("the keys that sign tokens are missing, and new ones are created: "+refusedWithoutKeys+". "+
			"To keep those tokens, stop the server and restore the file from the backup", "file", file)
	}
}

// argument returns a kid as an argument of a command: one that begins with a dash is no flag.
func argument(kid string) string {
	if strings.HasPrefix(kid, "-") {
		return "-- " + kid
	}
	return kid
}

// RevokedKeyWarning returns the warning for the operator about such a key.
func RevokedKeyWarning(kid string) string {
	return fmt.Sprintf("signing key %s was revoked and is in the file of keys again, so every token that it signs is refused: the file was restored from an older backup than the database. "+
		"Run 'cardea keys revoke %s' to take it out", kid, argument(kid))
}

// WarnOfRevokedKeys logs that the key file contains revoked keys: it is older than the
// database.
func WarnOfRevokedKeys(e *core.Engine, log *slog.Logger) {
	for _, kid := range e.Admin().RevokedKeys() {
		log.Error("a revoked signing key is in the key file again, so every token that it signs is refused: the file was restored from an older backup. "+
			"Run 'cardea keys revoke KID' to take it out", "kid", kid)
	}
}
