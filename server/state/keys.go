package state

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
)

// keysFile is the file in the data directory with the generated keys that sign tokens.
const keysFile = "keys.json"

// KeyConfig returns the configuration of the keys that sign tokens. The error is about
// the configured key.
func KeyConfig(cfg *config.Config, log *slog.Logger) (keys.Config, error) {
	c := keys.Config{Algorithm: cfg.Keys.Algorithm, Also: cfg.Keys.Also, Logger: log, Schedule: keys.Schedule{
		RotateEvery: cfg.Keys.RotateEvery.Std(), PublishAhead: cfg.Keys.PublishAhead.Std(), KeepFor: cfg.Tokens.MaxTTL.Std(),
	}}
	given, err := GivenKey(cfg.Keys)
	if err != nil {
		return c, err
	}
	switch {
	case given != nil && given.Weak:
		c.Besides = []api.Key{*given}
		if cfg.Store.Driver != "memory" {
			c.File = filepath.Join(cfg.Data, keysFile)
		}
	case given != nil:
		c.Given = []api.Key{*given}
	case cfg.Store.Driver != "memory":
		c.File = filepath.Join(cfg.Data, keysFile)
	}
	return c, nil
}

// GivenKey returns the configured key, nil if there is none.
func GivenKey(k config.Keys) (*api.Key, error) {
	named, text, err := keyText(k)
	if err != nil || text == "" {
		return nil, err
	}
	return parseGiven(k, named, text)
}

// parseGiven is GivenKey for the text that the setting with this name has.
func parseGiven(k config.Keys, named string, text api.Secret) (*api.Key, error) {
	key, err := keys.FromText("", k.Algorithm, text)
	if weak, ok := errors.AsType[*keys.WeakSecretError](err); ok && k.AllowWeakSecret {
		key, err = keys.VerifyOnly("weak-secret", weak.Algorithm, text)
	}
	_, weak := errors.AsType[*keys.WeakSecretError](err)
	switch {
	case err == nil && !key.CanSign() && !key.Weak:
		err = errors.New("has no private part, which is needed to sign: name the file with the private key")
	case err != nil && !weak && named == "keys.file":
		err = fmt.Errorf("%w: name a file with a private key for %s, in PEM or as a JWK", err, cmp.Or(k.Algorithm, "keys.algorithm"))
	}
	if err != nil {
		return nil, setting.About(named, err)
	}
	return &key, nil
}

// keyText returns the configured key as it is written, "" if there is none, and the setting
// that has it.
func keyText(k config.Keys) (named string, text api.Secret, err error) {
	if k.File == "" {
		return "keys.secret", k.Secret, nil
	}
	data, err := files.Read(k.File, MaxKeyFile)
	return "keys.file", api.Secret(data), setting.About("keys.file", err)
}
