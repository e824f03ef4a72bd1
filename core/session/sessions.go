package session

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Config configures [Sessions]; the zero value works.
type Config struct {
	Absolute     time.Duration                     // maximum life of a session; default 30 days
	Idle         time.Duration                     // life of a session without a refresh; default 14 days
	Grace        time.Duration                     // how long a used token returns its successor again; default 20 s, negative: never
	MaxTokenLife time.Duration                     // maximum life of an access token, and so of a revocation; default 30 days
	AccessLife   func(format string) time.Duration // usual life of an access token; nil: unknown, and AccessEnd is not recorded
	Index        *Index                            // updated as soon as an end is stored; nil: the index learns of it from the log
	Now          func() time.Time                  // default time.Now
	Rand         io.Reader                         // default crypto/rand
}

// Sessions starts, refreshes and ends sessions in a [Repository]. Use [New]. It is
// safe for concurrent use, also by several processes on one store.
//
// A refresh token works once. Callers must issue an access token only after
// [Sessions.Rotate] has returned without an error, so that the token is consumed first.
type Sessions struct {
	repo Repository
	cfg  Config
	life atomic.Int64 // how long revocations are kept if AccessEnd is unknown; only grows

	ending Locks // by session: of concurrent calls the first writes
}

// New returns a Sessions that uses repo.
func New(repo Repository, cfg Config) *Sessions {
	cfg.Absolute = cmp.Or(cfg.Absolute, 30*24*time.Hour)
	cfg.Idle = cmp.Or(cfg.Idle, 14*24*time.Hour)
	cfg.Grace = cmp.Or(cfg.Grace, 20*time.Second)
	cfg.MaxTokenLife = cmp.Or(cfg.MaxTokenLife, 30*24*time.Hour)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	f := &Sessions{repo: repo, cfg: cfg}
	f.Remember(cfg.MaxTokenLife)
	return f
}

// Remember sets how long revocations are kept to at least life. A shorter life changes
// nothing, since older tokens may still be valid.
func (f *Sessions) Remember(life time.Duration) { raise(&f.life, int64(life)) }

// NewSession describes the session to start. Of Client and Device, which clients choose, at
// most 128 bytes are stored.
type NewSession struct {
	Subject     string
	Gen         int64 // the subject's current generation
	Client      string
	TokenFormat string
	Dialect     string // name of the site at which it begins
	Device      string
	Peer        string
	Scopes      []string
	Idle        time.Duration // 0: the configured one; limited to Absolute
	Absolute    time.Duration // 0: the configured one, which is also the maximum
	Began       time.Time     // of its login, which is when the session was created; zero: now
	Access      time.Duration // life of the access token issued with it; 0: recorded later by Pair, or not at all
}

// Begin stores a new session and returns it with its first refresh token.
func (f *Sessions) Begin(ctx context.Context, n NewSession) (api.Secret, api.Session, error) {
	token, err := NewRefresh(f.cfg.Rand, "")
	if err != nil {
		return "", api.Session{}, err
	}
	now := f.now()
	begun := created(n, now)
	absolute := min(cmp.Or(n.Absolute, f.cfg.Absolute), f.cfg.Absolute)
	s := api.Session{
		ID: token.Session, Subject: n.Subject, Gen: n.Gen, Client: clientName(n.Client), TokenFormat: n.TokenFormat, Dialect: n.Dialect,
		Device: DeviceName(n.Device), Peer: n.Peer, Scopes: n.Scopes,
		Idle:    min(cmp.Or(n.Idle, f.cfg.Idle), absolute).Truncate(time.Microsecond),
		Created: begun, Used: begun, End: begun.Add(absolute).Truncate(time.Microsecond),
	}
	s.IdleEnd = begun.Add(s.Idle)
	if n.Access > 0 && f.cfg.AccessLife != nil {
		s.AccessEnd = now // known from the start
		note(&s, now, n.Access)
	}
	first := api.RefreshToken{Hash: token.Hash, Session: s.ID, Expires: s.IdleEnd}
	if err := f.repo.CreateSession(ctx, s, first); err != nil {
		return "", api.Session{}, unavailable(err)
	}
	return token.Text(), s, nil
}

// created returns when a session was created. A revocation of the user after the login
// began ends the session, even if it was stored later.
func created(n NewSession, now time.Time) time.Time {
	if n.Began.IsZero() || n.Began.After(now) {
		return now
	}
	return n.Began.UTC().Truncate(time.Microsecond)
}

// Session returns a session. An unknown id is [api.ErrNotFound].
func (f *Sessions) Session(ctx context.Context, id string) (api.Session, error) {
	return f.repo.Session(ctx, id)
}

// List returns up to limit sessions of the subject ("" means all) whose id is greater than
// after, ordered by id, including ended ones.
func (f *Sessions) List(ctx context.Context, subject, after string, limit int) ([]api.Session, error) {
	return f.repo.Sessions(ctx, subject, after, limit)
}

// Live returns up to limit live sessions of the subject, oldest first.
func (f *Sessions) Live(ctx context.Context, subject string, limit int) ([]api.Session, error) {
	return f.repo.LiveSessions(ctx, subject, f.now(), limit)
}

// Prune deletes expired sessions and returns their number. A refresh token of a deleted
// session is refused like an unknown one.
func (f *Sessions) Prune(ctx context.Context) (int64, error) {
	return f.repo.PruneSessions(ctx, f.now())
}

// now returns the time with the precision of stores: UTC in microseconds.
func (f *Sessions) now() time.Time { return f.cfg.Now().UTC().Truncate(time.Microsecond) }

func unavailable(err error) error {
	return api.Wrap(api.Unavailable, "", "sessions cannot be kept at the moment", err)
}
