package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/router"
)

// Server is a server that [New] has built.
type Server struct {
	app       *fx.App
	opened    *cleanup
	engine    *core.Engine
	listeners *listeners
}

// New builds the server: it opens the store, keys and listeners, compiles plugins and
// checks rules. It serves nothing yet. On error, everything that was opened is closed,
// including the listeners in o.
func New(cfg *config.Config, o Options) (*Server, error) {
	s := &Server{opened: &cleanup{}}
	for _, l := range []net.Listener{o.Listener, o.AdminListener} {
		if l != nil {
			s.opened.addListener(l)
		}
	}
	s.app = fx.New(options(cfg, o, s.opened), extension, kept, serving, fx.Populate(&s.engine, &s.listeners), fx.Invoke(measure, serve))
	return s, closeOnError(s.app, s.opened)
}

// Engine returns the server's engine.
func (s *Server) Engine() *core.Engine { return s.engine }

// Failed returns a channel that gets the error of a failed listener. The server must then
// be stopped.
func (s *Server) Failed() <-chan error { return s.listeners.failed }

// Start starts serving and returns once the listeners accept connections.
func (s *Server) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.app.StartTimeout())
	defer cancel()
	if err := s.app.Start(ctx); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return nil
}

// Stop drains the requests in flight and closes everything in reverse order of opening.
func (s *Server) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.app.StopTimeout())
	defer cancel()
	if err := errors.Join(s.app.Stop(ctx), s.opened.run(ctx)); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// Validate checks that the dependency graph is complete, without building anything.
func Validate(cfg *config.Config) error {
	return fx.ValidateApp(options(cfg, Options{}, &cleanup{}), extension, kept, serving, fx.Invoke(measure, serve))
}

// Graph returns the dependency graph in DOT, without building anything.
func Graph(cfg *config.Config) (string, error) {
	var dot fx.DotGraph
	err := fx.New(options(cfg, Options{}, &cleanup{}), extension, kept, serving, fx.Populate(&dot)).Err()
	return string(dot), err
}

// options returns the parts that servers and commands share. It provides no hooks: those
// come from extension, or from [core.NewHooks] with nothing bound.
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

// closeOnError returns the error of an app that could not be built, after closing what was
// opened for it.
func closeOnError(app *fx.App, opened *cleanup) error {
	err := app.Err()
	if err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopMargin)
	defer cancel()
	return errors.Join(rootCause(err), opened.run(ctx))
}

// Quiet prevents dependencies from printing to standard output. It affects the whole
// process: programs call it once at the start, libraries must not call it.
func Quiet() { router.Quiet() }
