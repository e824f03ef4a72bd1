package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/config"
)

// The bounds on starting and stopping. A start may compile plugins.
const (
	startTimeout = 2 * time.Minute
	stopMargin   = 5 * time.Second
)

// Options are what a caller may add to a configuration.
type Options struct {
	Version       string
	Listener      net.Listener // nil: opened at server.listen; the server closes it
	AdminListener net.Listener // nil: opened at server.admin_listen; the server closes it
	Logger        *slog.Logger // nil: discards
	DevPlugin     *DevPlugin   // nil: the configured plugins only
	Hooks         []Hook       // of the program, beside those of the configuration

	// Points makes the hook points that the program declares, anew for each catalogue: a
	// point belongs to one engine. nil makes none.
	Points func() []hooks.Point

	// Control opens the control socket also for a store in memory. The caller holds
	// the lock on the data directory, as for any other store.
	Control bool

	// ReadOnly has an engine of [OpenOffline] or [OpenBare] change nothing that is kept:
	// what is missing is not made, and every change fails.
	ReadOnly bool

	offline bool // no upkeep: that is the server's

	// Compiler compiles plugins in another process; nil compiles in this one, and
	// only what is pinned or signed.
	Compiler plugins.Compiler
	// Reread reads the configuration again, for a reload of the plugins; nil is
	// the one that the server was made with.
	Reread func() (*config.Config, error)
}

// Server is a server ready to start.
type Server struct {
	app    *fx.App
	opened *cleanup
	engine *core.Engine
	doors  *listeners
}

// New builds the server: opens what it keeps, compiles plugins, checks rules.
// Nothing listens yet. When it fails, what it opened is closed.
func New(cfg *config.Config, o Options) (*Server, error) {
	s := &Server{opened: &cleanup{}}
	for _, l := range []net.Listener{o.Listener, o.AdminListener} {
		if l != nil {
			s.opened.addListener(l)
		}
	}
	s.app = fx.New(options(cfg, o, s.opened), extension, kept, serving, fx.Populate(&s.engine, &s.doors), fx.Invoke(measure, serve))
	return s, closeOnError(s.app, s.opened)
}

// Engine returns the server's engine.
func (s *Server) Engine() *core.Engine { return s.engine }

// Failed tells when a listener has broken, which cannot be mended: stop the
// server then.
func (s *Server) Failed() <-chan error { return s.doors.failed }

// Start opens the listeners and returns once both accept.
func (s *Server) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.app.StartTimeout())
	defer cancel()
	if err := s.app.Start(ctx); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return nil
}

// Stop drains and closes everything, newest part first.
func (s *Server) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.app.StopTimeout())
	defer cancel()
	if err := errors.Join(s.app.Stop(ctx), s.opened.run(ctx)); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// Validate checks that the graph of parts is complete, without building one.
func Validate(cfg *config.Config) error {
	return fx.ValidateApp(options(cfg, Options{}, &cleanup{}), extension, kept, serving, fx.Invoke(measure, serve))
}

// Graph returns the dependency graph of the parts in DOT, without building one.
func Graph(cfg *config.Config) (string, error) {
	var dot fx.DotGraph
	err := fx.New(options(cfg, Options{}, &cleanup{}), extension, kept, serving, fx.Populate(&dot)).Err()
	return string(dot), err
}

// options are the parts that every use shares. Hooks come from extension, or
// from a catalogue with nothing bound.
func options(cfg *config.Config, o Options, opened *cleanup) fx.Option {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return fx.Options(
		fx.Supply(cfg, o, o.Logger, opened),
		fx.WithLogger(func() fxevent.Logger { return events{o.Logger} }),
		fx.StartTimeout(startTimeout),
		fx.StopTimeout(cfg.Server.ShutdownDelay.Std()+cfg.Server.DrainTimeout.Std()+stopMargin),
		keeping, deciding,
	)
}

// closeOnError closes what was opened for an app that could not be built, and
// returns why it could not.
func closeOnError(app *fx.App, opened *cleanup) error {
	err := app.Err()
	if err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopMargin)
	defer cancel()
	return errors.Join(rootCause(err), opened.run(ctx))
}
