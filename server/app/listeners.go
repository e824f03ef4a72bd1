package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"go.uber.org/fx"
)

// The bounds on one connection of the listeners.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
)

// listeners opens listeners and serves them between start and stop.
type listeners struct {
	lc     fx.Lifecycle
	opened *cleanup
	log    *slog.Logger
	failed chan error // the first listener that breaks while it should serve
}

func newListeners(lc fx.Lifecycle, opened *cleanup, log *slog.Logger) *listeners {
	return &listeners{lc, opened, log, make(chan error, 1)}
}

// open returns the listener that was given, or opens one.
func (ls *listeners) open(given net.Listener, addr, key string) (net.Listener, error) {
	if given != nil {
		return given, nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: choose another address, or stop what listens there", key, err)
	}
	ls.opened.addListener(l)
	return l, nil
}

// serve serves l from start to stop; a stop waits up to drain for requests under
// way and cuts what is left.
func (ls *listeners) serve(s *http.Server, l net.Listener, drain time.Duration) {
	s.ReadHeaderTimeout, s.IdleTimeout = headerTimeout, idleTimeout
	s.ErrorLog = slog.NewLogLogger(ls.log.Handler(), slog.LevelDebug) // what clients do wrong
	done := make(chan struct{})
	ls.lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			go func() {
				defer close(done)
				ls.ended(l, s.Serve(l))
			}()
			return nil
		},
		OnStop: func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, drain)
			defer cancel()
			if err := s.Shutdown(ctx); err != nil {
				s.Close() // time is up
			}
			<-done
			return nil
		},
	})
}

func (ls *listeners) ended(l net.Listener, err error) {
	if errors.Is(err, http.ErrServerClosed) {
		return
	}
	select {
	case ls.failed <- fmt.Errorf("listener %s: %w", l.Addr(), err):
	default: // one is enough to end the server
	}
}
