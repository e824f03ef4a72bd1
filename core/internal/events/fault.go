package events

import (
	"context"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// LogFault logs a refusal that is no verdict on the client: nobody else sees the
// cause. While a part is away or broken every request meets it, so that each cause is
// said once a second, with how many refusals were not logged since the last line.
func (e *Teller) LogFault(ctx context.Context, what string, err *api.Error) {
	if err.Code != api.Internal && err.Code != api.Unavailable {
		return
	}
	if skipped, ok := e.faults.admit(err.Error(), time.Now()); ok {
		e.log.ErrorContext(ctx, what, "error", err, "not_logged", skipped)
	}
}

// faultLog knows which causes were logged in this second. Safe for concurrent use.
type faultLog struct {
	mu      sync.Mutex
	second  int64
	causes  map[string]bool
	skipped int // since the last line
}

// mostCauses bounds the causes that are told apart in a second.
const mostCauses = 16

// admit reports whether the cause was not logged in this second yet, and how many
// refusals were not since the last line.
func (f *faultLog) admit(cause string, now time.Time) (skipped int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Unix() != f.second || f.causes == nil {
		f.second, f.causes = now.Unix(), map[string]bool{}
	}
	if f.causes[cause] || len(f.causes) >= mostCauses {
		f.skipped++
		return 0, false
	}
	f.causes[cause] = true
	skipped, f.skipped = f.skipped, 0
	return skipped, true
}
