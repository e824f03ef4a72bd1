package standing

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/users"
)

// Standing determines whether stored credentials are accepted. It is safe for concurrent
// use.
type Standing struct{ *env.Env }

// Live returns the state of an accepted credential.
func Live() api.State { return api.State{Live: true} }

// Dead returns the state of a refused credential, with the reason.
func Dead(format string, args ...any) api.State { return api.State{Why: fmt.Sprintf(format, args...)} }

// OfKey returns the state of an API key with a known owner.
func (e *Standing) OfKey(key api.APIKey, owner api.Identity) api.State {
	return e.OfSecret(key, key.Digest, owner)
}

// OfSecret is OfKey for one of the secrets of the key.
func (e *Standing) OfSecret(key api.APIKey, digest [32]byte, owner api.Identity) api.State {
	if !key.Revoked.IsZero() {
		return Dead("revoked")
	}
	until, accepted := key.Accepts(digest, e.Now())
	if !accepted {
		return Dead("expired")
	}
	id := key.ActFor(owner, digest, until)
	if kind, revoked := e.Index.Revoked(&id); revoked {
		return Dead("revoked%s", RevokedWith(kind))
	}
	return Live()
}

// OfSession implements core.Admin.SessionState.
func (e *Standing) OfSession(ctx context.Context, s api.Session) (api.State, error) {
	switch {
	case strings.HasPrefix(s.EndedFor, "revoked"):
		return Dead("%s", e.endedFor(ctx, s)), nil
	case !s.Ended.IsZero():
		return Dead("ended: %s", e.endedFor(ctx, s)), nil
	case !s.Live(e.Now()):
		return Dead("expired"), nil
	}
	return e.unended(ctx, s)
}

// endedFor returns why a session has ended. The state of its user or token format at that
// time may have changed since.
func (e *Standing) endedFor(ctx context.Context, s api.Session) string {
	past := strings.NewReplacer("revoked (its user is disabled)", "revoked", "its user is ", "its user was ", "nothing is mounted ", "nothing was mounted ").Replace(s.EndedFor)
	if past == s.EndedFor {
		return past
	}
	if now, err := e.unended(ctx, s); err == nil && now.Why == s.EndedFor {
		return s.EndedFor
	}
	return past
}

// unended is OfSession for a session that has neither ended nor expired.
func (e *Standing) unended(ctx context.Context, s api.Session) (api.State, error) {
	owner, err := e.Dirs.Holder(ctx, s.Subject)
	if err != nil {
		return e.OfHeld(ctx, s.Subject, err)
	}
	return e.stateOfSession(s, owner)
}

// OfHeld is OfOwner for credentials of a user. Disabling a user in a writable directory is
// final for credentials issued before; in another directory it may be undone.
func (e *Standing) OfHeld(ctx context.Context, subject string, refused error) (api.State, error) {
	state, err := OfOwner(refused)
	if api.ReasonOf(refused) != api.ReasonDisabled {
		return state, err
	}
	for _, d := range e.Dirs.Homes(subject) {
		if u, err := d.BySubject(ctx, subject); err == nil && u.Disabled {
			if _, here := users.WriterOf(d); here {
				return Dead("revoked (%s)", state.Why), nil
			}
			break
		}
	}
	return state, err
}

// stateOfSession is OfSession for a session that has not ended and has a known owner.
func (e *Standing) stateOfSession(s api.Session, owner api.Identity) (api.State, error) {
	if _, known := e.Policy.Load().TokenFormat(s.TokenFormat); !known {
		return Dead("nothing is mounted for token format %q", s.TokenFormat), nil
	}
	if _, err := e.inSession(s, owner); err != nil {
		return OfOwner(err)
	}
	return Live(), nil
}

// OfOwner returns the state of credentials whose user is refused with err. It returns err
// itself if it is a technical failure.
func OfOwner(err error) (api.State, error) {
	if api.CodeOf(err) != api.Unauthenticated {
		return api.State{}, err
	}
	switch api.ReasonOf(err) {
	case api.ReasonDisabled:
		return Dead("its user is disabled"), nil
	case api.ReasonUnknownUser:
		return Dead("its user is gone"), nil
	case api.ReasonRefreshEnded:
		return Dead("revoked"), nil
	}
	return Dead("refused: %s", api.AsError(err).Public), nil
}

// RevokedWith returns what else the revocation affected, as the end of a sentence; "" if
// nothing.
func RevokedWith(kind api.RevocationKind) string {
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

// LiveAPIKeys implements core.Admin.LiveAPIKeys.
func (e *Standing) LiveAPIKeys(ctx context.Context, subject string) (n int, err error) {
	list, err := e.Store.FindAPIKeys(ctx, subject, "", "", MaxListed)
	if err != nil {
		return 0, api.Wrap(api.Unavailable, "", "API keys cannot be looked up at the moment", err)
	}
	if len(list) == 0 {
		return 0, nil
	}
	owner, err := e.Dirs.Holder(ctx, subject)
	if err != nil {
		_, err = OfOwner(err) // a refused user has no live credentials
		return 0, err
	}
	for _, key := range list {
		if e.OfKey(key, owner).Live {
			n++
		}
	}
	return n, nil
}

// SessionUser returns the current user of a session, and refuses if the session was
// invalidated since the login.
func (e *Standing) SessionUser(ctx context.Context, s api.Session, format string) (api.Identity, error) {
	if s.TokenFormat != format {
		return api.Identity{}, RefreshEnded(fmt.Errorf("the session belongs to token format %q, not %q", s.TokenFormat, format))
	}
	id, err := e.Dirs.Holder(ctx, s.Subject)
	if err != nil {
		return id, err
	}
	return e.inSession(s, id)
}

// inSession returns the user with the client and scopes of the session, and refuses if the
// session was invalidated since the login.
func (e *Standing) inSession(s api.Session, id api.Identity) (api.Identity, error) {
	if home := e.Policy.Load().DirectoryOf(s.TokenFormat); home != "" && id.Directory != home {
		return id, RefreshEnded(fmt.Errorf("the user is in directory %q, not in %q", id.Directory, home))
	}
	if id.Gen != s.Gen {
		return id, RefreshEnded(errors.New("the user's sessions were ended since"))
	}
	id.Client, id.Scopes = s.Client, s.Scopes
	held := id
	held.Proof = api.Proof{Session: s.ID, IssuedAt: s.Created}
	if _, revoked := e.Index.Revoked(&held); revoked {
		return id, RefreshEnded(errors.New("the session was revoked"))
	}
	return id, nil
}

// RefreshEnded returns the refusal of a refresh token whose session has ended.
func RefreshEnded(cause error) error {
	return api.Wrap(api.Unauthenticated, api.ReasonRefreshEnded, "this refresh token is not valid", cause)
}

// MaxListed is the maximum number of sessions or API keys of one user that are looked at.
const MaxListed = 1000

// LiveSessions implements core.Admin.LiveSessions.
func (e *Standing) LiveSessions(ctx context.Context, subject string) ([]api.Session, error) {
	list, err := e.Families.Live(ctx, subject, MaxListed)
	if err != nil {
		return nil, err
	}
	return e.living(ctx, subject, list)
}

// maxOnDevice is the maximum number of live sessions of one user and device that are looked
// at.
const maxOnDevice = 100

// LiveSessionsOn implements core.Tokens.LiveSessionsOn.
func (e *Standing) LiveSessionsOn(ctx context.Context, subject, format, device string) ([]api.Session, error) {
	list, err := e.Families.LiveOn(ctx, subject, format, device, maxOnDevice)
	if err != nil {
		return nil, err
	}
	return e.living(ctx, subject, list)
}

// living returns those of a subject's sessions whose refresh tokens are accepted.
func (e *Standing) living(ctx context.Context, subject string, list []api.Session) ([]api.Session, error) {
	if len(list) == 0 {
		return nil, nil
	}
	owner, err := e.Dirs.Holder(ctx, subject)
	if err != nil {
		_, err = OfOwner(err) // a refused user has no live credentials
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
