package core

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
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
	for _, d := range e.dirs {
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
