package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// RotateOptions say who presents a refresh token.
type RotateOptions struct {
	Client string        // must be the one that the session was given to
	Peer   string        // address, kept for people
	Access time.Duration // life of the access token that is issued by it; 0: told afterwards, by Pair or not at all
}

// Rotated is what came of a refresh token.
type Rotated struct {
	Text     api.Secret  // the successor; "" after an error
	Session  api.Session // as it is now; zero if the token names none
	Repeated bool        // the token was used a moment ago: Text is the successor that it got then
	Reused   bool        // the token was used up before: the session has been ended, with an error
}

// Rotate takes a refresh token and gives its successor. Many calls with one
// token, wherever they run, yield one successor: the first call makes it, the
// others get the same one within the grace window, as long as nobody has used
// it. After that, or from another client, a used token is a stolen one: the session ends in the same
// transaction (RFC 9700 section 4.14.2), and Reused is set beside the error.
//
// Every refusal is Unauthenticated with a reason refresh_..., and the same
// sentence for the client. A token that was never given out ends nothing, since
// the id of a session is no secret. A store that does not answer is Unavailable.
func (f *Families) Rotate(ctx context.Context, text string, o RotateOptions) (Rotated, error) {
	token, ok := ParseRefresh(text)
	if !ok {
		return Rotated{}, refuse(api.ReasonRefreshUnknown, errors.New("wrong form or checksum"))
	}
	next, err := NewRefresh(f.cfg.Rand, token.Family)
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

// use is one use of a token, and what was decided on it.
type use struct {
	f           *Families
	o           RotateOptions
	token, next Refresh

	session          api.Session
	revoked          []api.Revocation
	repeated, reused bool
	refused          error
}

// decide runs inside the store's transaction, maybe more than once: it sets
// everything anew. A refusal is no error here, since the end of a session must
// be kept.
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
	case r.Session.ID != u.token.Family: // a checksum is no proof
		return fmt.Errorf("the secret is another session's: %w", api.ErrNotFound)
	case !r.Session.Ended.IsZero():
		u.refused = refuse(api.ReasonRefreshEnded, errors.New(r.Session.EndedFor))
	case !now.Before(r.Token.Expires):
		u.refused = refuse(api.ReasonRefreshExpired, nil)
	case !used && !sameClient:
		u.refused = refuse(api.ReasonRefreshClient, nil)
	case !used:
		return u.rotate(r, now)
	case sameClient && u.inGrace(r, now):
		note(&r.Session, now, u.o.Access)
		return u.repeat(r)
	default:
		u.endReused(r, now)
	}
	return nil
}

// inGrace reports whether a used token may still yield its successor. That ends
// when the successor is used: whoever did that has received it, so the token is
// shown by somebody else, or by a client that has lost count.
func (u *use) inGrace(r *api.Rotation, now time.Time) bool {
	latest := r.Token.Used.Equal(r.Session.Used) // no later token of the session was used
	return latest && u.f.cfg.Grace > 0 && now.Sub(r.Token.Used) < u.f.cfg.Grace
}

// rotate uses the token up and puts the successor in its place. The session's
// tokens are used at different moments, whatever the clock says: inGrace tells
// them apart by that.
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
