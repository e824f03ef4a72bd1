package core

import (
	"context"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// State says whether something that is kept counts at the moment. It comes from what
// decides on requests, so that a list never says "live" of what is refused.
type State struct {
	Live bool
	Why  string // for people: why not; "" if it is live
}

func live() State { return State{Live: true} }

func dead(format string, args ...any) State { return State{Why: fmt.Sprintf(format, args...)} }

// APIKeyState returns the state of a key with its newest secret. The error is for a
// directory that does not answer.
func (a *Accounts) APIKeyState(ctx context.Context, key api.APIKey) (State, error) {
	if !key.Revoked.IsZero() {
		return dead("revoked"), nil // whoever its owner is
	}
	owner, err := a.e.holder(ctx, key.Subject)
	if err != nil {
		return a.e.heldState(ctx, key.Subject, err)
	}
	return a.e.stateOfKey(key, owner), nil
}

// OldSecretState returns the state of a key with the secret before its last rotation.
// The error is for a directory that does not answer.
func (a *Accounts) OldSecretState(ctx context.Context, key api.APIKey) (State, error) {
	owner, err := a.e.holder(ctx, key.Subject)
	if err != nil {
		return ownerState(err)
	}
	return a.e.stateOfSecret(key, key.OldDigest, owner), nil
}

// stateOfKey is APIKeyState for a key of a known owner.
func (e *Engine) stateOfKey(key api.APIKey, owner api.Identity) State {
	return e.stateOfSecret(key, key.Digest, owner)
}

// stateOfSecret is stateOfKey for one of the secrets of the key.
func (e *Engine) stateOfSecret(key api.APIKey, digest [32]byte, owner api.Identity) State {
	if !key.Revoked.IsZero() {
		return dead("revoked")
	}
	until, accepted := key.Accepts(digest, e.now())
	if !accepted {
		return dead("expired")
	}
	id := key.ActFor(owner, digest, until)
	if kind, revoked := e.index.Revoked(&id); revoked {
		return dead("revoked%s", revokedWith(kind))
	}
	return live()
}

// sessionState is [Admin.SessionState].
func (e *Engine) sessionState(ctx context.Context, s api.Session) (State, error) {
	switch {
	case strings.HasPrefix(s.EndedFor, "revoked"):
		return dead("%s", s.EndedFor), nil
	case !s.Ended.IsZero():
		return dead("ended: %s", s.EndedFor), nil
	case !s.Live(e.now()):
		return dead("expired"), nil
	}
	owner, err := e.holder(ctx, s.Subject)
	if err != nil {
		return e.heldState(ctx, s.Subject, err)
	}
	return e.stateOfSession(s, owner)
}

// heldState is ownerState of what a user held: who is disabled here gets none of it
// back, unlike one whom another directory has shut out.
func (e *Engine) heldState(ctx context.Context, subject string, refused error) (State, error) {
	state, err := ownerState(refused)
	if api.ReasonOf(refused) != api.ReasonDisabled {
		return state, err
	}
	for _, d := range e.homes(subject) {
		if u, err := d.BySubject(ctx, subject); err == nil && u.Disabled {
			if _, here := users.WriterOf(d); here {
				return dead("revoked (%s)", state.Why), nil
			}
			break
		}
	}
	return state, err
}

// stateOfSession is SessionState for a session that has not ended, of a known owner.
func (e *Engine) stateOfSession(s api.Session, owner api.Identity) (State, error) {
	if _, known := e.policy.Load().Layout(s.Layout); !known {
		return dead("nothing is mounted for layout %q", s.Layout), nil
	}
	if _, err := e.inSession(s, owner); err != nil {
		return ownerState(err)
	}
	return live(), nil
}

// ownerState is the state of what belongs to a user who is refused. An error that
// refuses nobody is returned.
func ownerState(err error) (State, error) {
	if api.CodeOf(err) != api.Unauthenticated {
		return State{}, err
	}
	switch api.ReasonOf(err) {
	case api.ReasonDisabled:
		return dead("its user is disabled"), nil
	case api.ReasonUnknownUser:
		return dead("its user is gone"), nil
	case api.ReasonRefreshEnded:
		return dead("revoked"), nil
	}
	return dead("refused: %s", api.AsError(err).Public), nil
}

// revokedWith says with what else something was revoked; "" if alone.
func revokedWith(kind api.RevocationKind) string {
	switch kind {
	case api.RevokeAll:
		return " with everything"
	case api.RevokeSubject:
		return " with all of its user's"
	case api.RevokeClient:
		return " with all of its client's"
	case api.RevokeKey:
		return " with its signing key"
	case api.RevokeSession:
		return " with its session"
	}
	return ""
}
