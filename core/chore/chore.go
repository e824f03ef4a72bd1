package chore

import (
	"context"
	"log/slog"
	"math/bits"
	"time"

	"github.com/cardea-auth/cardea/core/files"
)

// Chore is a periodic task.
type Chore struct {
	Name  string // for the log
	Every time.Duration
	Do    func(context.Context) error
}

// Repeat runs the task at each interval until ctx is done. It logs the 1st, 2nd, 4th,
// 8th... consecutive failure, and the recovery.
func (c Chore) Repeat(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	failures := uint(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := c.Do(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && failures > 0:
			log.Info("background task works again", "task", c.Name, "failures", failures)
			failures = 0
		case err != nil:
			if failures++; bits.OnesCount(failures) == 1 {
				log.Error("background task failed, will retry", "task", c.Name, "failures", failures, "error", err.Error()+files.Cure(err))
			}
		}
	}
}
