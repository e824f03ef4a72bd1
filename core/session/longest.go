package session

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// LongestKey stands in the log in the place of a subject: its row tells how long the
// longest token lives that was ever accepted, also before a restart or by another node.
// Such tokens count again when the bound is raised again, and revocations have to be
// known until then.
const LongestKey = "longest token life"

// Longest is the row that tells that tokens live as long. It stays in the log for good.
func Longest(life time.Duration, at time.Time) api.Revocation {
	return api.Revocation{
		Kind: api.RevokeSubject, Key: LongestKey, MinGen: int64((life + time.Second - 1) / time.Second), At: at,
		Reason: fmt.Sprintf("tokens live up to %s: revocations are kept as long", life),
	}
}

// Longest returns the longest life of a token that the log tells of; 0 if it tells of
// none.
func (x *Index) Longest() time.Duration {
	slot := x.subjects.find(LongestKey)
	if slot == nil {
		return 0
	}
	return time.Duration(atomic.LoadUint64(&slot[2+minGen])) * time.Second
}
