package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/assertion"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/gateway"
)

// AssertionKeysFile holds the keys that sign assertions, in the data directory.
// They are a ring of their own: no key that signs tokens can be taken for one of
// them.
const AssertionKeysFile = "assertion-keys.json"

// assertionKeys is that ring; nil if no upstream wants assertions.
type assertionKeys struct{ *keys.Ring }

// keepAssertionKeys is how long a replaced key stays in what sites are told to
// pin: long enough for every node to have learnt of the next one.
const keepAssertionKeys = time.Hour

// OpenAssertionKeys opens the ring of the keys that sign assertions, making the
// first one where there is none. Every process that has the data directory shares
// it. Close it when done.
func OpenAssertionKeys(ctx context.Context, cfg *config.Config, log *slog.Logger) (*keys.Ring, error) {
	c := assertionKeyConfig(cfg, log)
	if cfg.Store.Driver != "memory" {
		if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
			return nil, fmt.Errorf("create data directory: %w", err)
		}
		c.File = filepath.Join(cfg.Data, AssertionKeysFile)
	}
	if isMissing(c.File) {
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
	c := assertionKeyConfig(cfg, log)
	c.File, c.ReadOnly = filepath.Join(cfg.Data, AssertionKeysFile), true
	if isMissing(c.File) {
		return nil, fmt.Errorf("%s is missing: start the server, which makes it, or run 'cardea keys rotate --for assertion'", c.File)
	}
	return keys.Open(ctx, c)
}

func assertionKeyConfig(cfg *config.Config, log *slog.Logger) keys.Config {
	return keys.Config{Algorithm: "EdDSA", Logger: log, Schedule: keys.Schedule{
		RotateEvery: cfg.Keys.AssertionRotateEvery.Std(), PublishAhead: cfg.Keys.AssertionPublishAhead.Std(), KeepFor: keepAssertionKeys,
	}}
}

// Assertions returns issuer and audience of the assertions for an upstream: what
// its site must know as CARDEA_ISSUER and CARDEA_AUDIENCE.
func Assertions(cfg *config.Config, u config.Upstream) (issuedBy, audience string) {
	return issuer(cfg), strings.TrimSuffix(cmp.Or(u.Audience, cfg.Server.PublicURL, u.URL), "/")
}

// newAssertionKeys opens the ring and moves its keys along, also when another
// process changes them.
func newAssertionKeys(lc fx.Lifecycle, opened *cleanup, cfg *config.Config, log *slog.Logger) (assertionKeys, error) {
	for _, u := range cfg.Upstreams {
		if u.Identity != "assertion" {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
		defer cancel()
		ring, err := OpenAssertionKeys(ctx, cfg, log)
		if err != nil {
			return assertionKeys{}, err
		}
		opened.add(ring)
		appendChore(lc, log, chore{"assertion keys", upkeepEvery, func(ctx context.Context) error {
			_, err := ring.Tick(ctx, time.Now())
			return err
		}})
		return assertionKeys{ring}, nil
	}
	return assertionKeys{}, nil
}

// credentials are the upstreams' by name.
type credentials map[string]gateway.UpstreamCredentials

type credentialsIn struct {
	fx.In
	Keys     assertionKeys
	Dialects []placed[mounted] `group:"dialects"`
}

func newUpstreamCredentials(cfg *config.Config, in credentialsIn) (credentials, error) {
	layouts := map[string]core.Layout{}
	for _, d := range sorted(in.Dialects) {
		l := d.dialect.Layout()
		layouts[l.Name] = l
	}
	out := credentials{}
	var errs []error
	for name, u := range cfg.Upstreams {
		v, err := newCredentials(cfg, u, in.Keys, layouts)
		if err != nil {
			errs = append(errs, aboutSetting("upstreams."+name, err))
		} else if v != nil {
			out[name] = v
		}
	}
	return out, errors.Join(errs...)
}

func newCredentials(cfg *config.Config, u config.Upstream, ring assertionKeys, layouts map[string]core.Layout) (gateway.UpstreamCredentials, error) {
	site := assertion.Site{Subject: siteSubject(cfg, u)}
	switch u.Identity {
	case "assertion":
		by, audience := Assertions(cfg, u)
		return assertion.NewAssertion(assertion.AssertionConfig{Site: site, Issuer: by, Audience: audience, Key: ring.Active})
	case "plugin-compat":
		return assertion.NewCompat(assertion.CompatConfig{Site: site, Layout: layouts[compatMount(cfg, u)]})
	case "application-password":
		c, err := applicationPasswords(u)
		if err != nil {
			return nil, err
		}
		c.Site = site
		return assertion.NewApplicationPassword(c)
	}
	return nil, nil
}

func compatMount(cfg *config.Config, u config.Upstream) string {
	if u.Mount == "" && len(cfg.Mounts) == 1 {
		return cfg.Mounts[0].Name
	}
	return u.Mount
}

func applicationPasswords(u config.Upstream) (assertion.PasswordConfig, error) {
	if u.PasswordsFile == "" {
		return assertion.PasswordConfig{Login: u.Login, Password: u.Password}, nil
	}
	text, err := files.Read(u.PasswordsFile, maxKeyFile)
	if err != nil {
		return assertion.PasswordConfig{}, fmt.Errorf("passwords_file: %w", err)
	}
	each, err := assertion.ReadPasswords(string(text))
	if err != nil {
		return assertion.PasswordConfig{}, fmt.Errorf("passwords_file %s: %w", u.PasswordsFile, err)
	}
	return assertion.PasswordConfig{Each: each}, nil
}

// siteSubject is what the subjects of the upstream's users begin with; "" if they
// are in no WordPress that is known here.
func siteSubject(cfg *config.Config, u config.Upstream) string {
	name := cfg.UserDirectoryOf(u)
	for _, d := range cfg.Users {
		if d.Type == "wordpress" && d.Name == name {
			return d.Subject()
		}
	}
	return ""
}

// numbers finds upstreams whose plugin would be told numbers that are not its users':
// those of Cardea's own store, or of another site's directory.
func (c *checker) numbers(cfg *config.Config) {
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		u := cfg.Upstreams[name]
		if u.Identity != "plugin-compat" {
			continue
		}
		if siteSubject(cfg, u) == "" {
			c.add("upstreams."+name+".identity", errors.New("is plugin-compat, and no directory of type wordpress has the site's users: add one under users, or write identity: assertion"))
			continue
		}
		for _, m := range cfg.Mounts {
			given, wanted := mountDirectory(cfg, m), cfg.UserDirectoryOf(u)
			if m.Name == compatMount(cfg, u) && given != wanted {
				c.add("upstreams."+name+".mount", fmt.Errorf("%s has the users of %q, and the upstream those of %q: write the same directory for both", m.Name, given, wanted))
			}
		}
	}
}

// secrets finds the secrets that are missing: a configuration is well formed
// without them.
func (c *checker) secrets(cfg *config.Config) {
	for i, u := range cfg.Users {
		if u.Type == "wordpress" && u.DSN == "" {
			c.add(fmt.Sprintf("users[%d].dsn", i), errNoDSN)
		}
	}
	for name, u := range cfg.Upstreams {
		if u.Identity == "application-password" && u.Login != "" && u.Password == "" {
			c.add("upstreams."+name+".password", errors.New("is missing: write it, or name a file in password_file"))
		}
		for _, m := range cfg.Mounts {
			if u.Identity == "plugin-compat" && m.Name == compatMount(cfg, u) && m.Secret == "" {
				c.add("upstreams."+name+".mount", fmt.Errorf("%s has no secret: give the mount the one that the site's plugin has", m.Name))
			}
		}
	}
}
