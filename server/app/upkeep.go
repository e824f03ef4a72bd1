package app

import (
	"context"
	"log/slog"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core/chore"
)

// upkeepEvery is how often the rotation schedule of the assertion keys is checked.
const upkeepEvery = 2 * time.Second

// appendChore repeats c from start to stop.
func appendChore(lc fx.Lifecycle, log *slog.Logger, c chore.Chore) {
	appendWorker(lc, func(ctx context.Context) { c.Repeat(ctx, log) })
}

// appendWorker runs work from start to stop. It must return when its context is canceled.
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
