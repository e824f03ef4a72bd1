package core

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/users"
)

// Remember is how long a revocation must be known: until every token has ended that any
// policy has accepted, also one before this, or that of another node. A token that is
// too long for the policy in force may count again under the next.
func (e *Engine) remember() time.Duration {
	return max(e.policy.Load().Remember(), e.index.Longest(), e.longest.Get())
}

// accessLife is how long access tokens of a layout live unless a hook changes that.
func (e *Engine) accessLife(layout string) time.Duration {
	p := e.policy.Load()
	l, ok := p.Layout(layout)
	if !ok {
		return e.remember()
	}
	return p.AccessLife(l, 0)
}

// nextAccess is how long the access token will live that is issued next in a session, as
// far as it is known before; 0 in a layout of pairs, where it is noted afterwards.
func nextAccess(p *compiled.Policy, layout string, proposed time.Duration) time.Duration {
	l, ok := p.Layout(layout)
	if !ok || l.Paired {
		return 0
	}
	return p.AccessLife(l, proposed)
}

// noteAccess has a session tell of a token that was issued in it, before anybody gets the
// token. One whose session is not kept belongs to no session.
func (e *Engine) noteAccess(ctx context.Context, issued Issued) error {
	err := e.families.NoteAccess(ctx, issued.Session, issued.ExpiresAt)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// heedLongest has all who write revocations heed how long tokens may live from now on.
func (e *Engine) heedLongest(p *compiled.Policy) {
	life := max(p.Remember(), e.index.Longest())
	e.families.Remember(life)
	for _, d := range e.dirs.All {
		if r, ok := api.Capability[users.Rememberer](d); ok {
			r.Remember(life)
		}
	}
}

// noteLongest has the log tell how long tokens live, if it tells of no longer life. An
// engine that has issued nothing has nothing to note.
func (e *Engine) noteLongest(ctx context.Context, p *compiled.Policy) {
	life := p.Remember()
	e.longest.Raise(life)
	if life <= e.index.Longest() {
		return
	}
	row := session.Longest(life, e.now())
	if err := e.store.AppendRevocations(ctx, row); err != nil {
		e.log.WarnContext(ctx, "how long tokens live could not be noted, which is tried again", "life", life, "error", err)
		return
	}
	e.index.Apply(row)
}

// noteIssue is noteLongest for a token that is about to be issued. It tries once: upkeep
// tries again.
func (e *Engine) noteIssue(ctx context.Context, p *compiled.Policy) {
	if p.Remember() > e.longest.Get() {
		e.noteLongest(ctx, p)
	}
}

// obey has this engine read what was just stored. The change stands even if
// that fails, which the tail logs and tries again; it is not the caller's error.
func (e *Engine) obey(ctx context.Context) {
	if err := e.tail.Sync(context.WithoutCancel(ctx)); err != nil {
		e.log.WarnContext(ctx, "a change is stored and takes effect at the next poll", "error", err)
	}
}

// settle is [Tokens.Settle].
func (e *Engine) settle(ctx context.Context) error {
	latest := e.index.Latest()
	if latest.IsZero() {
		return nil
	}
	return e.waitUntil(ctx, latest.Truncate(time.Second).Add(time.Second))
}

// waitUntil returns when the engine's clock has reached the moment, which must be
// within a second. A clock that does not get there is Unavailable.
func (e *Engine) waitUntil(ctx context.Context, moment time.Time) error {
	wait := moment.Sub(e.now())
	if wait <= 0 || wait > time.Second {
		return nil
	}
	timer := time.NewTimer(wait + time.Millisecond) // wall clocks and timers differ a little
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return api.Wrap(api.Unavailable, "", "tokens were revoked in this second: try again in the next one", ctx.Err())
	}
	if e.now().Before(moment) {
		return &Error{
			Code: api.Unavailable, Public: "tokens were revoked in this second: try again in the next one", RetryAfter: time.Second,
		}
	}
	return nil
}

// fresh refuses when what is known of revocations is too old to decide on.
func (e *Engine) fresh(ctx context.Context, p *compiled.Policy) error {
	if p.WhenStale == policy.StaleOpen || e.tail.Staleness() <= p.MaxStaleness {
		return nil
	}
	if p.WhenStale == policy.StaleIntrospect {
		ctx, cancel := context.WithTimeout(ctx, introspectTimeout)
		defer cancel()
		if e.tail.Sync(ctx) == nil {
			return nil
		}
	}
	return api.E(api.Unavailable, api.ReasonStale, "revocations cannot be checked at the moment")
}

// introspectTimeout bounds what a request waits for the revocation log.
const introspectTimeout = time.Second

// tellBounded logs, once for each kind of token of a layout, that the policy bounds a
// lifetime which configuration or a hook chose.
func (e *Engine) tellBounded(ctx context.Context, kind, layout string, chosen, bounded time.Duration) {
	if chosen.Truncate(time.Second) == bounded {
		return
	}
	if _, told := e.bounded.LoadOrStore(kind+" "+layout, true); told {
		return
	}
	e.log.WarnContext(ctx, "the lifetime of tokens is bounded by the policy: change it, or the shortest and longest lifetime",
		"kind", kind, "layout", layout, "chosen", chosen.String(), "lifetime", bounded.String())
}

// randomID returns 128 random bits, as jti and sid want (RFC 7519 section 4.1.7).
func (e *Engine) randomID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(e.rand, b[:]); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}
