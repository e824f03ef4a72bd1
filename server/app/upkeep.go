package app

import (
	"context"
	"log/slog"
	"math/bits"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/files"
)

// How often the engine is kept up: keys move within seconds, sessions that are
// over can wait.
const (
	upkeepEvery = 2 * time.Second
	pruneEvery  = 10 * time.Minute
)

// chore is what must be done again and again.
type chore struct {
	name  string // for the log
	every time.Duration
	do    func(context.Context) error
}

// appendUpkeep keeps the engine up from start to stop.
func appendUpkeep(lc fx.Lifecycle, e *core.Engine, log *slog.Logger) {
	appendChore(lc, log, chore{"keys and uses of API keys", upkeepEvery, e.Admin().Upkeep})
	appendChore(lc, log, chore{"sessions", pruneEvery, e.Admin().Prune})
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

// repeat logs the 1st, 2nd, 4th, 8th... failure in a row, and the end of them.
func (c chore) repeat(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	failures := uint(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := c.do(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && failures > 0:
			log.Info("background task works again", "task", c.name, "failures", failures)
			failures = 0
		case err != nil:
			if failures++; bits.OnesCount(failures) == 1 {
				log.Error("background task failed, will retry", "task", c.name, "failures", failures, "error", err.Error()+files.Cure(err))
			}
		}
	}
}
