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
	pruneEvery  = time.Hour
)

// appendUpkeep keeps the engine up from start to stop.
func appendUpkeep(lc fx.Lifecycle, e *core.Engine, log *slog.Logger) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			go func() {
				defer close(done)
				upkeep(ctx, e, log)
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

func upkeep(ctx context.Context, e *core.Engine, log *slog.Logger) {
	keys, prune := time.NewTicker(upkeepEvery), time.NewTicker(pruneEvery)
	defer keys.Stop()
	defer prune.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-keys.C:
			err = e.Upkeep(ctx)
		case <-prune.C:
			err = e.Prune(ctx)
		}
		if err != nil && ctx.Err() == nil {
			log.Error("upkeep failed; it is tried again", "error", err)
		}
	}
}
