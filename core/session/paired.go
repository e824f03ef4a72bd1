package session

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Pair is an access token that is revoked when the refresh token issued with it is used.
type Pair struct {
	Session string
	Ends    string        // jti of the access token that it replaces; "" for none
	Until   time.Time     // when the new access token expires
	Keep    time.Duration // how long the old one stays revoked if its expiry is unknown
}

// clocksOff is the maximum difference between the clocks of servers that accept a token.
const clocksOff = 5 * time.Minute

// Pair revokes the replaced access token until it has expired, and records when the new one
// expires, in one transaction. An unknown session is [api.ErrNotFound]. A session that has
// ended in the meantime is refused, since the new token could outlive its revocation.
func (f *Sessions) Pair(ctx context.Context, p Pair) error {
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

// endPaired returns the revocation of the old token, or none if the token has expired or is
// already revoked for as long.
func (f *Sessions) endPaired(s *api.Session, p Pair) []api.Revocation {
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
