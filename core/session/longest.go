package session

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// LongestKey is a pseudo-subject in the log. Its row records the longest lifetime of a
// token that was ever accepted, also before a restart or by another node. Such tokens are
// accepted again if the limit is raised again, so revocations must be kept that long.
const LongestKey = "longest token life"

// Longest returns the row that records the lifetime. It never expires.
func Longest(life time.Duration, at time.Time) api.Revocation {
	return api.Revocation{
		Kind: api.RevokeSubject, Key: LongestKey, MinGen: int64((life + time.Second - 1) / time.Second), At: at,
		Reason: fmt.Sprintf("tokens live up to %s: revocations are kept as long", life),
	}
}

// Longest returns the longest lifetime of a token recorded in the log, or 0 if there is
// none.
func (x *Index) Longest() time.Duration {
	slot := x.subjects.find(LongestKey)
	if slot == nil {
		return 0
	}
	return time.Duration(atomic.LoadUint64(&slot[2+minGen])) * time.Second
}
