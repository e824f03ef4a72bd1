package env

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/users"
)

// Remember returns how long a revocation must be kept: until every token has expired that
// any policy accepted, including former policies and those of other nodes. A token that
// lives too long for the policy in force may be accepted again under the next.
func (e *Env) Remember() time.Duration {
	return max(e.Policy.Load().Remember(), e.Index.Longest(), e.longest.Get())
}

// AccessLife returns the lifetime of access tokens of a token format, unless a hook changes it.
func (e *Env) AccessLife(format string) time.Duration {
	p := e.Policy.Load()
	l, ok := p.TokenFormat(format)
	if !ok {
		return e.Remember()
	}
	return p.AccessLife(l, 0)
}

// NextAccess returns the expected lifetime of the next access token of a session, or 0 in a
// token format of pairs, where it is recorded after issuing.
func NextAccess(p *compiled.Policy, format string, proposed time.Duration) time.Duration {
	l, ok := p.TokenFormat(format)
	if !ok || l.Paired {
		return 0
	}
	return p.AccessLife(l, proposed)
}

// NoteAccess records in a session that a token was issued, before the client gets it. It
// ignores a token whose session is not stored.
func (e *Env) NoteAccess(ctx context.Context, issued api.Issued) error {
	err := e.Families.NoteAccess(ctx, issued.Session, issued.ExpiresAt)
	if errors.Is(err, api.ErrNotFound) {
		return nil
	}
	return err
}

// HeedLongest tells everything that writes revocations how long tokens may live from now
// on.
func (e *Env) HeedLongest(p *compiled.Policy) {
	life := max(p.Remember(), e.Index.Longest())
	e.Families.Remember(life)
	for _, d := range e.Dirs.All {
		if r, ok := api.Capability[users.Rememberer](d); ok {
			r.Remember(life)
		}
	}
}

// NoteLongest writes the longest lifetime of a token to the log unless a longer one is
// there.
func (e *Env) NoteLongest(ctx context.Context, p *compiled.Policy) {
	life := p.Remember()
	e.longest.Raise(life)
	if life <= e.Index.Longest() {
		return
	}
	row := session.Longest(life, e.Now())
	if err := e.Store.AppendRevocations(ctx, row); err != nil {
		e.Log.WarnContext(ctx, "cannot store the longest token lifetime, will retry", "life", life, "error", err)
		return
	}
	e.Index.Apply(row)
}

// NoteIssue is NoteLongest for a token that is about to be issued. It tries once; upkeep
// retries.
func (e *Env) NoteIssue(ctx context.Context, p *compiled.Policy) {
	if p.Remember() > e.longest.Get() {
		e.NoteLongest(ctx, p)
	}
}

// Start returns the start of a login, or of what is issued without one.
func (e *Env) Start() *api.Start {
	return &api.Start{Revocations: e.Index.Generation(), At: e.Now().Truncate(time.Microsecond)}
}

// IsNumberFree reports whether the user who had the number when a login began was deleted
// since. A deletion that was known before the login does not count.
func (e *Env) IsNumberFree(number int64, began *api.Start) bool {
	if number == 0 || e.Index.Generation() == began.Revocations {
		return false
	}
	kind, free := e.Index.Revoked(&api.Identity{
		Subject: directory.DeletedNumber(number), Proof: api.Proof{IssuedAt: began.At, NoGen: true},
	})
	return free && kind == api.RevokeSubject
}

// Obey makes this engine read what was just stored. The change is stored even if this
// fails; the tail then logs the error and retries.
func (e *Env) Obey(ctx context.Context) {
	if err := e.Tail.Sync(context.WithoutCancel(ctx)); err != nil {
		e.Log.WarnContext(ctx, "cannot read the revocation log, the change takes effect at the next poll", "error", err)
	}
}

// Settle implements core.Tokens.Settle.
func (e *Env) Settle(ctx context.Context) error {
	latest := e.Index.Latest()
	if latest.IsZero() {
		return nil
	}
	return e.WaitUntil(ctx, latest.Truncate(time.Second).Add(time.Second))
}

// WaitUntil waits until the engine's clock reaches moment, which must be within a second.
// If the clock does not get there, the error is Unavailable.
func (e *Env) WaitUntil(ctx context.Context, moment time.Time) error {
	wait := moment.Sub(e.Now())
	if wait <= 0 || wait > time.Second {
		return nil
	}
	timer := time.NewTimer(wait + time.Millisecond) // wall clocks and timers differ slightly
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return api.Wrap(api.Unavailable, "", "tokens were revoked in this second: try again in the next one", ctx.Err())
	}
	if e.Now().Before(moment) {
		return &api.Error{
			Code: api.Unavailable, Public: "tokens were revoked in this second: try again in the next one", RetryAfter: time.Second,
		}
	}
	return nil
}

// Fresh refuses if the revocation data is too old to decide on.
func (e *Env) Fresh(ctx context.Context, p *compiled.Policy) error {
	if p.WhenStale == policy.StaleOpen || e.Tail.Staleness() <= p.MaxStaleness {
		return nil
	}
	if p.WhenStale == policy.StaleIntrospect {
		ctx, cancel := context.WithTimeout(ctx, introspectTimeout)
		defer cancel()
		if e.Tail.Sync(ctx) == nil {
			return nil
		}
	}
	return api.E(api.Unavailable, api.ReasonStale, "revocations cannot be checked at the moment")
}

// introspectTimeout is how long a request waits for the revocation log.
const introspectTimeout = time.Second

// TellBounded logs, once per token format and kind of token, that the policy limits a lifetime
// that the configuration or a hook chose.
func (e *Env) TellBounded(ctx context.Context, kind, format string, chosen, bounded time.Duration) {
	if chosen.Truncate(time.Second) == bounded {
		return
	}
	if _, told := e.bounded.LoadOrStore(kind+" "+format, true); told {
		return
	}
	e.Log.WarnContext(ctx, "token lifetime is bounded by the policy: change it, or the minimum or maximum lifetime",
		"kind", kind, "token_format", format, "chosen", chosen.String(), "lifetime", bounded.String())
}

// RandomID returns 127 random bits for a jti or sid (RFC 7519 section 4.1.7). It begins
// with a letter: a command reads a leading '-' as a flag.
func (e *Env) RandomID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(e.Rand, b[:]); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	b[0] &= 0x7f
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}
