package events

import (
	"context"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// LogFault logs a refusal that is caused by the server rather than the client, since
// nothing else reports the cause. Each cause is logged once a second, with the number of
// refusals not logged since the last line.
func (e *Teller) LogFault(ctx context.Context, what string, err *api.Error) {
	if err.Code != api.Internal && err.Code != api.Unavailable {
		return
	}
	if skipped, ok := e.faults.admit(err.Error(), time.Now()); ok {
		e.log.ErrorContext(ctx, what, "error", err, "not_logged", skipped)
	}
}

// faultLog records which causes were logged in this second. It is safe for concurrent use.
type faultLog struct {
	mu      sync.Mutex
	second  int64
	causes  map[string]bool
	skipped int // since the last line
}

// mostCauses is the maximum number of causes logged in a second.
const mostCauses = 16

// admit reports whether the cause was not logged in this second yet, and how many refusals
// were not logged since the last line.
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
