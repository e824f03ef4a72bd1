package session

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Repository stores sessions and their refresh tokens, implemented by core/store/memory and
// core/store/sqlite. Every method is safe for concurrent use and returns copies. An unknown
// id or hash is [api.ErrNotFound]; other errors are technical. The functions passed in may
// run more than once and must not call the repository.
type Repository interface {
	// CreateSession stores a session with its first token, in one transaction. A duplicate
	// id is [api.ErrConflict].
	CreateSession(ctx context.Context, s api.Session, first api.RefreshToken) error
	// Session returns the session with this id, even if it has ended.
	Session(ctx context.Context, id string) (api.Session, error)
	// Sessions returns up to limit sessions of the subject ("" means all) whose id is
	// greater than after, ordered by id, including ended ones.
	Sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error)
	// LiveSessions returns up to limit sessions of the subject that are live at now, oldest
	// first.
	LiveSessions(ctx context.Context, subject string, now time.Time, limit int) ([]api.Session, error)
	// RotateRefresh calls decide with the token of this hash and its session, and stores
	// the changed rotation in one transaction. A compare-and-set ensures that the token is
	// used only once. The session is stored as decide leaves it, the token only if Next is
	// set. An error of decide rolls back and is returned unchanged. A rotation without
	// [api.Rotation.Changes] writes nothing and waits for no writer: whoever has ever seen a
	// token could fill the disk with refusals. So decide first gets what a reader sees, and
	// then, if that changes something, what the transaction sees.
	RotateRefresh(ctx context.Context, hash [32]byte, decide func(*api.Rotation) error) error
	// EndSession calls end and stores the changed session with the returned revocations, in
	// one transaction.
	EndSession(ctx context.Context, id string, end func(*api.Session) []api.Revocation) error
	// EndSessions is EndSession for each session of the subject that has not ended, ordered
	// by id; end may leave a session unchanged. There may be many: it uses several
	// transactions of limited size, between which others can write. Those before an error
	// stay committed.
	EndSessions(ctx context.Context, subject string, end func(*api.Session) []api.Revocation) error
	// PruneSessions deletes sessions that ended or expired before the given time, with
	// their tokens, tokens that expired before it, and tokens that were used more than
	// [api.KeepUsed] before it, in transactions of limited size. It returns the number of
	// sessions.
	PruneSessions(ctx context.Context, before time.Time) (int64, error)
}
