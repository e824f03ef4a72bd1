package app

import (
	"context"
	"log/slog"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
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

// countEvery is the interval for counting the forms of password hashes, since a directory
// can get a new form at any time.
const countEvery = 10 * time.Minute

// appendCount counts the forms of password hashes at the start and every countEvery, and
// warns once of hashes that must be replaced.
func appendCount(lc fx.Lifecycle, e *core.Engine, log *slog.Logger) {
	appendWorker(lc, func(ctx context.Context) {
		warnForms(ctx, e, log)
		countForms(ctx, e, log)
		chore.Chore{Name: "forms of hashes", Every: countEvery, Do: func(ctx context.Context) error { countForms(ctx, e, log); return nil }}.Repeat(ctx, log)
	})
}

func countForms(ctx context.Context, e *core.Engine, log *slog.Logger) {
	if err := e.Admin().CountHashForms(ctx); err != nil && ctx.Err() == nil {
		log.Warn("cannot count the forms of password hashes: until then, logins of unknown users may take a different time than those of known ones", "error", err)
	}
}

func warnForms(ctx context.Context, e *core.Engine, log *slog.Logger) {
	list, _ := e.Admin().HashForms(ctx) // countForms logs errors
	for _, d := range list {
		for _, f := range d.Forms {
			if f.Problem != "" {
				log.Warn("password hashes must be replaced: logins of their users take longer than others, or fail",
					"directory", d.Directory, "form", f.Name, "users", f.Users, "problem", f.Problem)
			}
		}
	}
}
