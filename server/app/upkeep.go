package app

import (
	"context"
	"log/slog"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
)

// How often the engine is kept up: keys move within seconds, sessions that are
// over can wait.
const (
	upkeepEvery = 2 * time.Second
	pruneEvery  = 10 * time.Minute
)

// chore is what must be done again and again.
type chore struct {
	every time.Duration
	do    func(context.Context) error
}

// appendUpkeep keeps the engine up from start to stop.
func appendUpkeep(lc fx.Lifecycle, e *core.Engine, log *slog.Logger) {
	appendChore(lc, log, chore{upkeepEvery, e.Upkeep})
	appendChore(lc, log, chore{pruneEvery, e.Prune})
}

// appendChore does c from start to stop.
func appendChore(lc fx.Lifecycle, log *slog.Logger, c chore) {
	appendWorker(lc, func(ctx context.Context) { c.repeat(ctx, log) })
}

// appendWorker runs work, which ends with its context, from start to stop.
func appendWorker(lc fx.Lifecycle, work func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			go func() {
				defer close(done)
				work(ctx)
			}()
			return nil
		},
		OnStop: func(context.Context) error {
			cancel()
			<-done
			return nil
		},
	})
}

func (c chore) repeat(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.do(ctx); err != nil && ctx.Err() == nil {
			log.Error("upkeep failed; it is tried again", "error", err)
		}
	}
}
