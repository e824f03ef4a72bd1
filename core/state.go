package core

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

func live() State { return State{Live: true} }

func dead(format string, args ...any) State { return State{Why: fmt.Sprintf(format, args...)} }

// stateOfKey is APIKeyState for a key of a known owner.
func (e *Engine) stateOfKey(key api.APIKey, owner api.Identity) State {
	return e.stateOfSecret(key, key.Digest, owner)
}

// stateOfSecret is stateOfKey for one of the secrets of the key.
func (e *Engine) stateOfSecret(key api.APIKey, digest [32]byte, owner api.Identity) State {
	if !key.Revoked.IsZero() {
		return dead("revoked")
	}
	until, accepted := key.Accepts(digest, e.env.Now())
	if !accepted {
		return dead("expired")
	}
	id := key.ActFor(owner, digest, until)
	if kind, revoked := e.env.Index.Revoked(&id); revoked {
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
	case !s.Live(e.env.Now()):
		return dead("expired"), nil
	}
	owner, err := e.env.Dirs.Holder(ctx, s.Subject)
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
	for _, d := range e.env.Dirs.Homes(subject) {
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
	if _, known := e.env.Policy.Load().Layout(s.Layout); !known {
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

// liveAPIKeys is [Admin.LiveAPIKeys].
func (e *Engine) liveAPIKeys(ctx context.Context, subject string) (n int, err error) {
	list, err := e.env.Store.FindAPIKeys(ctx, subject, "", "", maxListed)
	if err != nil {
		return 0, api.Wrap(api.Unavailable, "", "API keys cannot be looked up at the moment", err)
	}
	if len(list) == 0 {
		return 0, nil
	}
	owner, err := e.env.Dirs.Holder(ctx, subject)
	if err != nil {
		_, err = ownerState(err) // of who is refused nothing lives
		return 0, err
	}
	for _, key := range list {
		if e.stateOfKey(key, owner).Live {
			n++
		}
	}
	return n, nil
}

// sessionUser returns the session's user as they are now, if nothing has
// happened since the login that ends their sessions.
func (e *Engine) sessionUser(ctx context.Context, s api.Session, layout string) (api.Identity, error) {
	if s.Layout != layout {
		return api.Identity{}, refreshEnded(fmt.Errorf("the session belongs to layout %q, not %q", s.Layout, layout))
	}
	id, err := e.env.Dirs.Holder(ctx, s.Subject)
	if err != nil {
		return id, err
	}
	return e.inSession(s, id)
}

// inSession returns the session's user with what the session gives them, unless
// something has happened since the login that ends it.
func (e *Engine) inSession(s api.Session, id api.Identity) (api.Identity, error) {
	if home := e.env.Policy.Load().DirectoryOf(s.Layout); home != "" && id.Directory != home {
		return id, refreshEnded(fmt.Errorf("the user is in directory %q, not in %q", id.Directory, home))
	}
	if id.Gen != s.Gen {
		return id, refreshEnded(errors.New("the user's sessions were ended since"))
	}
	id.Client, id.Scopes = s.Client, s.Scopes
	held := id
	held.Proof = api.Proof{Session: s.ID, IssuedAt: s.Created}
	if _, revoked := e.env.Index.Revoked(&held); revoked {
		return id, refreshEnded(errors.New("the session was revoked"))
	}
	return id, nil
}

func refreshEnded(cause error) error {
	return api.Wrap(api.Unauthenticated, api.ReasonRefreshEnded, "this refresh token is not valid", cause)
}

// maxListed bounds how many live sessions of one user are looked at.
const maxListed = 1000

// liveSessions is [Admin.LiveSessions].
func (e *Engine) liveSessions(ctx context.Context, subject string) ([]api.Session, error) {
	list, err := e.env.Families.Live(ctx, subject, maxListed)
	if err != nil {
		return nil, err
	}
	return e.living(ctx, subject, list)
}

// maxOnDevice bounds how many live sessions of one user and device are looked at.
const maxOnDevice = 100

// liveSessionsOn is [Tokens.LiveSessionsOn].
func (e *Engine) liveSessionsOn(ctx context.Context, subject, layout, device string) ([]api.Session, error) {
	list, err := e.env.Families.LiveOn(ctx, subject, layout, device, maxOnDevice)
	if err != nil {
		return nil, err
	}
	return e.living(ctx, subject, list)
}

// living keeps those of a subject's sessions whose refresh tokens are taken.
func (e *Engine) living(ctx context.Context, subject string, list []api.Session) ([]api.Session, error) {
	if len(list) == 0 {
		return nil, nil
	}
	owner, err := e.env.Dirs.Holder(ctx, subject)
	if err != nil {
		_, err = ownerState(err) // of who is refused nothing lives
		return nil, err
	}
	var live []api.Session
	for _, s := range list {
		state, err := e.stateOfSession(s, owner)
		if err != nil {
			return nil, err
		}
		if state.Live {
			live = append(live, s)
		}
	}
	return live, nil
}
