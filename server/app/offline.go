package app

import (
	"context"
	"fmt"
	"log/slog"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
)

// Offline is an engine without doors, for commands. It works beside a running
// server: both use the same store, and the server sees what was changed within
// its polling interval.
type Offline struct {
	*core.Engine
	opened *cleanup
}

// OpenOffline opens an engine with everything that is configured, plugins too.
func OpenOffline(cfg *config.Config, log *slog.Logger) (*Offline, error) {
	o := &Offline{opened: &cleanup{}}
	app := fx.New(options(cfg, Options{Logger: log}, o.opened), fx.Populate(&o.Engine))
	return o, closeOnError(app, o.opened)
}

// Close closes what OpenOffline opened.
func (o *Offline) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopMargin)
	defer cancel()
	return o.opened.run(ctx)
}

// WithAccounts runs do on the users and API keys of the configured store, with
// no plugin loaded: a broken plugin must not keep an operator from disabling a
// user.
func WithAccounts(ctx context.Context, cfg *config.Config, do func(*core.Accounts) error) error {
	s, err := openStore(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer s.Close()
	pw := newPasswords(cfg)
	e, err := core.New(ctx, core.Config{Store: s, Passwords: pw, Directories: newDirectories(cfg, s, pw)})
	if err != nil {
		return err
	}
	defer e.Close()
	accounts, err := e.Accounts()
	if err != nil {
		return fmt.Errorf("users: %w", err)
	}
	return do(accounts)
}
