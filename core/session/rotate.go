package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// RotateOptions describe the use of a refresh token.
type RotateOptions struct {
	Client string        // must be the client of the session
	Peer   string        // address, stored for display
	Access time.Duration // life of the access token to be issued; 0: recorded later by Pair, or not at all
	Grace  time.Duration // the grace period instead of the configured one; 0: the configured one
	Once   bool          // a used token is refused even within the grace period, which only keeps its session from being ended
}

// Rotated is the result of using a refresh token.
type Rotated struct {
	Text     api.Secret  // the successor; "" after an error
	Session  api.Session // its current state; zero if the token has none
	Repeated bool        // the token was used shortly before: Text is the same successor
	Reused   bool        // the token was used before, so the session was ended; the error is set
}

// Rotate exchanges a refresh token for its successor. Concurrent calls with one token, even
// in different processes, return the same successor: the first call creates it, the others
// get it within the grace period, as long as it was not used. After that, or from another
// client, a used token is treated as stolen: the session ends in the same transaction (RFC
// 9700 section 4.14.2), and Reused is set in addition to the error. With Once, the calls
// within the grace period that are not the first are refused, and the session goes on.
//
// Every refusal is Unauthenticated with a reason refresh_* and the same text for the
// client. A token that was never issued does not end a session, since session ids are not
// secret. A store that does not answer is Unavailable.
func (f *Sessions) Rotate(ctx context.Context, text string, o RotateOptions) (Rotated, error) {
	token, ok := ParseRefresh(text)
	if !ok {
		return Rotated{}, refuse(api.ReasonRefreshUnknown, errors.New("wrong form or checksum"))
	}
	next, err := NewRefresh(f.cfg.Rand, token.Session)
	if err != nil {
		return Rotated{}, err
	}
	u := use{f: f, o: o, token: token, next: next}
	switch err := f.repo.RotateRefresh(ctx, token.Hash, u.decide); {
	case errors.Is(err, api.ErrNotFound):
		return Rotated{}, refuse(api.ReasonRefreshUnknown, err)
	case err != nil:
		return Rotated{}, unavailable(err)
	}
	f.tell(u.revoked)
	if u.refused != nil {
		return Rotated{Session: u.session, Reused: u.reused}, u.refused
	}
	return Rotated{Text: u.next.Text(), Session: u.session, Repeated: u.repeated}, nil
}

// use is the use of a refresh token and the decision on it.
type use struct {
	f           *Sessions
	o           RotateOptions
	token, next Refresh

	session          api.Session
	revoked          []api.Revocation
	repeated, reused bool
	refused          error
}

// decide runs in the store's transaction, possibly more than once, so it sets every result.
// A refusal is not returned as an error, because the end of a session must be stored.
func (u *use) decide(r *api.Rotation) error {
	now := u.f.now()
	u.refused, u.repeated, u.reused = nil, false, false
	err := u.judge(r, now)
	u.session, u.revoked = r.Session, r.Revocations
	return err
}

func (u *use) judge(r *api.Rotation, now time.Time) error {
	used := !r.Token.Used.IsZero()
	sameClient := sameClient(r, u.o)
	switch {
	case r.Session.ID != u.token.Session: // the checksum proves nothing
		return fmt.Errorf("the secret belongs to another session: %w", api.ErrNotFound)
	case !r.Session.Ended.IsZero():
		u.refused = refuse(api.ReasonRefreshEnded, errors.New(r.Session.EndedFor))
	case !now.Before(r.Token.Expires):
		u.refused = refuse(api.ReasonRefreshExpired, nil)
	case !used && !sameClient:
		u.refused = refuse(api.ReasonRefreshClient, nil)
	case !used:
		return u.rotate(r, now)
	case sameClient && u.inGrace(r, now) && u.o.Once:
		u.refused = refuse(api.ReasonRefreshReused, nil)
	case sameClient && u.inGrace(r, now):
		note(&r.Session, now, u.o.Access)
		return u.repeat(r)
	default:
		u.endReused(r, now)
	}
	return nil
}

// inGrace reports whether a used token may still return its successor. Once the successor
// was used, the client has received it, so the token was presented by someone else or by a
// broken client.
func (u *use) inGrace(r *api.Rotation, now time.Time) bool {
	latest := r.Token.Used.Equal(r.Session.Used) // no later token of the session was used
	grace := cmp.Or(u.o.Grace, u.f.cfg.Grace)
	return latest && grace > 0 && now.Sub(r.Token.Used) < grace
}

// rotate marks the token as used and replaces it by its successor. The times of use within
// a session are strictly increasing, whatever the clock says: inGrace depends on it.
func (u *use) rotate(r *api.Rotation, now time.Time) (err error) {
	s := &r.Session
	note(s, now, u.o.Access)
	used := now
	if !used.After(s.Used) {
		used = s.Used.Add(time.Microsecond)
	}
	s.Used, s.Peer, s.IdleEnd = used, u.o.Peer, now.Add(s.Idle)
	if s.IdleEnd.After(s.End) {
		s.IdleEnd = s.End
	}
	r.Token.Used = used
	r.Token.Successor, err = u.token.seal(u.next)
	r.Next = &api.RefreshToken{Hash: u.next.Hash, Session: s.ID, Expires: s.IdleEnd}
	return err
}

func (u *use) repeat(r *api.Rotation) (err error) {
	u.repeated = true
	u.next, err = u.token.open(r.Token.Successor)
	return err
}

func (u *use) endReused(r *api.Rotation, now time.Time) {
	u.reused = true
	u.refused = refuse(api.ReasonRefreshReused, nil)
	r.Revocations = u.f.end(&r.Session, ending{now, "refresh token reused", ""})
}

func refuse(reason string, cause error) error {
	return api.Wrap(api.Unauthenticated, reason, "this refresh token is not valid", cause)
}
