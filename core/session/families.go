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

// FamiliesConfig is how refresh families live; the zero value works.
type FamiliesConfig struct {
	Absolute     time.Duration                     // end of a session, however busy; default 30 days
	Idle         time.Duration                     // end of a session that is not refreshed; default 14 days
	Grace        time.Duration                     // a used token yields its successor again for so long; default 20 s, negative: never
	MaxTokenLife time.Duration                     // longest life of an access token, and so of a revocation; default 30 days
	AccessLife   func(layout string) time.Duration // usual life of an access token; nil: not known, and tokens are not noted
	Index        *Index                            // told of what ends as soon as it is kept; nil: it learns from the log
	Now          func() time.Time                  // default time.Now
	Rand         io.Reader                         // default crypto/rand
}

// Families begins, refreshes and ends sessions over a [Repository]. Use
// [NewFamilies]. Safe for concurrent use, also by many processes on one store.
//
// A refresh token works once. Whoever mints an access token does so only after
// [Families.Rotate] has returned without an error: the token is consumed first.
type Families struct {
	repo Repository
	cfg  FamiliesConfig
	life atomic.Int64 // how long revocations are kept where no end is noted; it only grows

	ending Locks // by session: of those who end one at once the first writes
}

// NewFamilies returns families over repo.
func NewFamilies(repo Repository, cfg FamiliesConfig) *Families {
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
	f := &Families{repo: repo, cfg: cfg}
	f.Remember(cfg.MaxTokenLife)
	return f
}

// Remember has revocations kept for at least as long as tokens live now. What has
// lived longer may still be there: a shorter life changes nothing.
func (f *Families) Remember(life time.Duration) { raise(&f.life, int64(life)) }

// NewSession is what a login knows of the session that it begins. Of Client and Device,
// which clients choose, at most 128 bytes are kept.
type NewSession struct {
	Subject  string
	Gen      int64 // the subject's generation now
	Client   string
	Layout   string
	Dialect  string // name of the site at which it begins
	Device   string
	Peer     string
	Scopes   []string
	Idle     time.Duration // 0: the configured one; cut to Absolute
	Absolute time.Duration // 0: the configured one, which it cannot exceed
	Access   time.Duration // life of the access token that is issued with it; 0: told afterwards, by Pair or not at all
}

// Begin keeps a new session and returns it with its first refresh token.
func (f *Families) Begin(ctx context.Context, n NewSession) (api.Secret, api.Session, error) {
	token, err := NewRefresh(f.cfg.Rand, "")
	if err != nil {
		return "", api.Session{}, err
	}
	now := f.now()
	absolute := min(cmp.Or(n.Absolute, f.cfg.Absolute), f.cfg.Absolute)
	s := api.Session{
		ID: token.Family, Subject: n.Subject, Gen: n.Gen, Client: clientName(n.Client), Layout: n.Layout, Dialect: n.Dialect,
		Device: DeviceName(n.Device), Peer: n.Peer, Scopes: n.Scopes,
		Idle:    min(cmp.Or(n.Idle, f.cfg.Idle), absolute).Truncate(time.Microsecond),
		Created: now, Used: now, End: now.Add(absolute).Truncate(time.Microsecond),
	}
	s.IdleEnd = now.Add(s.Idle)
	if n.Access > 0 && f.cfg.AccessLife != nil {
		s.AccessEnd = now // known from the beginning
		note(&s, now, n.Access)
	}
	first := api.RefreshToken{Hash: token.Hash, Session: s.ID, Expires: s.IdleEnd}
	if err := f.repo.CreateSession(ctx, s, first); err != nil {
		return "", api.Session{}, unavailable(err)
	}
	return token.Text(), s, nil
}

// Session returns one session; an unknown id is [api.ErrNotFound].
func (f *Families) Session(ctx context.Context, id string) (api.Session, error) {
	return f.repo.Session(ctx, id)
}

// List returns up to limit sessions of the subject ("" means everybody's) with
// an id above after, by id, those that have ended too.
func (f *Families) List(ctx context.Context, subject, after string, limit int) ([]api.Session, error) {
	return f.repo.Sessions(ctx, subject, after, limit)
}

// Live returns up to limit sessions of the subject that live, the one that was
// begun first coming first: what a session limit chooses from.
func (f *Families) Live(ctx context.Context, subject string, limit int) ([]api.Session, error) {
	return f.repo.LiveSessions(ctx, subject, f.now(), limit)
}

// Prune forgets what is over, and returns how many sessions that were. A token
// of a forgotten session is refused like one that never was.
func (f *Families) Prune(ctx context.Context) (int64, error) {
	return f.repo.PruneSessions(ctx, f.now())
}

// now is the time as stores keep it: UTC in microseconds.
func (f *Families) now() time.Time { return f.cfg.Now().UTC().Truncate(time.Microsecond) }

func unavailable(err error) error {
	return api.Wrap(api.Unavailable, "", "sessions cannot be kept at the moment", err)
}
