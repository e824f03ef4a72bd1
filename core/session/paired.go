package session

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Pair is an access token that ends when the refresh token that came with it is used.
type Pair struct {
	Session string
	Ends    string        // jti of the access token whose place it takes; "" for none
	Until   time.Time     // when the new access token ends
	Keep    time.Duration // how long the old one is revoked if its end is not known
}

// clocksOff is how far the clocks of those who accept a token may be off at most.
const clocksOff = 5 * time.Minute

// Pair revokes the access token whose place the new one takes, for as long as it could
// still count, and notes how long the new one does, in one transaction. An unknown
// session is [api.ErrNotFound]; one that has ended meanwhile is refused, for the new
// token could outlive its revocation.
func (f *Families) Pair(ctx context.Context, p Pair) error {
	var revoked []api.Revocation
	var ended bool
	err := f.repo.EndSession(ctx, p.Session, func(s *api.Session) []api.Revocation {
		revoked = f.endPaired(s, p)
		if ended = !s.Ended.IsZero(); ended {
			return revoked
		}
		if p.Until.After(s.AccessEnd) {
			s.AccessEnd = p.Until.UTC().Truncate(time.Microsecond)
		}
		return revoked
	})
	if err != nil {
		return notEnded(err)
	}
	f.tell(revoked)
	return endedMeanwhile(ended)
}

// endPaired returns the row that revokes the old token, if it can still count and is not
// revoked as long already.
func (f *Families) endPaired(s *api.Session, p Pair) []api.Revocation {
	now := f.now()
	expires := now.Add(p.Keep)
	if !s.AccessEnd.IsZero() {
		expires = s.AccessEnd.Add(clocksOff)
	}
	if p.Ends == "" || !expires.After(now) {
		return nil
	}
	r := api.Revocation{Kind: api.RevokeToken, Key: p.Ends, At: now, Expires: expires, Reason: "refreshed"}
	if f.cfg.Index != nil && f.cfg.Index.Holds(&r) {
		return nil
	}
	return []api.Revocation{r}
}
