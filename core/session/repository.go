package session

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Repository keeps sessions and their chains of refresh tokens.
// core/store/memory and core/store/sqlite implement it. Every method is safe
// for concurrent use; what it returns is the caller's own. An unknown id or
// hash is [api.ErrNotFound]; other errors are technical. The functions passed
// in may run more than once and must not call the repository.
type Repository interface {
	// CreateSession stores a session with its first token, in one transaction; a
	// taken id is [api.ErrConflict].
	CreateSession(ctx context.Context, s api.Session, first api.RefreshToken) error
	// Session returns the session with this id, one that has ended too.
	Session(ctx context.Context, id string) (api.Session, error)
	// Sessions returns up to limit sessions of the subject ("" means everybody's)
	// with an id above after, by id, those that have ended too.
	Sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error)
	// LiveSessions returns up to limit sessions of the subject that live at now,
	// the one that was begun first coming first.
	LiveSessions(ctx context.Context, subject string, now time.Time, limit int) ([]api.Session, error)
	// RotateRefresh lets decide look at the token with this hash, and keeps what
	// it made of the rotation in one transaction: by compare-and-set the token is
	// used only once. The session is kept as decide leaves it, the token only if
	// there is a Next. An error of decide undoes all and is returned as it is.
	RotateRefresh(ctx context.Context, hash [32]byte, decide func(*api.Rotation) error) error
	// EndSession keeps what end makes of the session, with the revocations that
	// it returns, in one transaction.
	EndSession(ctx context.Context, id string, end func(*api.Session) []api.Revocation) error
	// EndSessions is EndSession for each session of the subject that has not been
	// ended, by id; one that end does not end stays as it was. There may be any number:
	// it is done in transactions of a bounded size, between which others can write, and
	// those before an error stay.
	EndSessions(ctx context.Context, subject string, end func(*api.Session) []api.Revocation) error
	// PruneSessions deletes sessions that ended or ran out before the given time,
	// with their tokens, tokens that expired before it, and tokens that were used
	// longer than [api.KeepUsed] before it, in transactions of a bounded size. It returns
	// the number of sessions.
	PruneSessions(ctx context.Context, before time.Time) (int64, error)
}
