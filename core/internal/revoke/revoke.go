package revoke

import (
	"context"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/verify"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/session"
)

// Revoker revokes. It is safe for concurrent use.
type Revoker struct {
	*env.Env

	verifier *verify.Verifier
	revoking session.Locks // by kind and key
}

// New returns a Revoker.
func New(e *env.Env, v *verify.Verifier) *Revoker { return &Revoker{Env: e, verifier: v} }

// Revoke implements core.Tokens.Revoke.
func (e *Revoker) Revoke(ctx context.Context, r api.Revocation) error {
	if err := checkRevocation(r); err != nil {
		return err
	}
	p := e.Policy.Load()
	r.At = e.Now()
	if r.Expires.IsZero() && endsWithTokens(r) {
		r.Expires = r.At.Add(e.Remember())
	}
	if written, err := e.append(ctx, r); err != nil || !written {
		return err
	}
	e.Events.Fire(ctx, p.Hooks.TokenRevoked, point.Event{Target: r.Key, Reason: r.Reason, Actor: r.Actor})
	return nil
}

// append writes a revocation, unless it is known already, and applies it to this engine.
// The index contains only what the log does, so what is in the index need not be written.
// Of concurrent calls for the same key only the first writes.
func (e *Revoker) append(ctx context.Context, r api.Revocation) (written bool, err error) {
	if e.Index.Holds(&r) {
		return false, nil
	}
	unlock, err := e.revoking.Lock(ctx, string(r.Kind)+" "+r.Key)
	if err == nil {
		defer unlock()
		if e.Index.Holds(&r) {
			return false, nil
		}
		err = e.store(ctx, r)
	}
	if err != nil {
		return false, api.Wrap(api.Unavailable, "", "the revocation could not be stored", err)
	}
	return true, nil
}

// store writes a revocation and applies it. A revocation by time covers what began while it
// was being written, here at once and, by a second row, in the log: after a restart and on
// other nodes the same is revoked.
func (e *Revoker) store(ctx context.Context, r api.Revocation) error {
	if err := e.write(ctx, r); err != nil || !isByTime(r.Kind) {
		return err
	}
	written := r.At.Truncate(time.Microsecond)
	if r.At = e.Now(); !r.At.Truncate(time.Microsecond).After(written) {
		return nil
	}
	e.Index.Apply(r)
	return e.Store.AppendRevocations(context.WithoutCancel(ctx), r) // it is applied here already
}

func (e *Revoker) write(ctx context.Context, r api.Revocation) error {
	if err := e.Store.AppendRevocations(ctx, r); err != nil {
		return err
	}
	e.Index.Apply(r)
	return nil
}

func isByTime(kind api.RevocationKind) bool {
	return kind == api.RevokeSubject || kind == api.RevokeClient || kind == api.RevokeAll
}

func sameSecond(a, b time.Time) bool { return a.Unix() == b.Unix() }

// Change is a change of a user that has begun; see [Revoker.Begin].
type Change struct {
	began  time.Time
	minGen int64
}

// Begin is called before a change of a user, and Cover after it.
func (e *Revoker) Begin(subject string) Change {
	return Change{began: e.Now(), minGen: e.Index.MinGen(subject)}
}

// Cover completes a change of a user by which their credentials were revoked by generation.
// It ends the logins in flight here. If the change took until a later second, it revokes
// until then, since tokens without a generation that were issued while it was being stored
// show a time after it. If the change revoked nothing, it does nothing.
func (e *Revoker) Cover(ctx context.Context, u api.User, c Change, reason, actor string) error {
	now := e.Now()
	if e.Index.MinGen(u.Subject) <= c.minGen {
		return nil
	}
	e.Index.EndLogins(u.Subject, now)
	if sameSecond(c.began, now) {
		return nil
	}
	r := api.Revocation{
		Kind: api.RevokeSubject, Key: u.Subject, MinGen: u.Gen, At: now, Expires: now.Add(e.Remember()), Reason: reason, Actor: actor,
	}
	if err := e.write(ctx, r); err != nil {
		return api.Wrap(api.Unavailable, "", "the revocation could not be stored", err)
	}
	return nil
}

// Bearer implements core.Tokens.RevokeBearer.
func (e *Revoker) Bearer(ctx context.Context, id api.Identity, reason, actor string) error {
	r := api.Revocation{Kind: api.RevokeToken, Key: id.Proof.TokenID, Reason: reason, Actor: actor}
	p := e.Policy.Load()
	if e.isBearerRevoked(id) {
		return nil
	}
	l, ok := p.TokenFormat(id.Proof.TokenFormat)
	if ok && l.Verifying == nil && !id.Proof.ExpiresAt.IsZero() {
		latest := e.Now().Add(p.Remember())
		if end := id.Proof.ExpiresAt.Add(policy.MaxLeeway); end.Before(latest) {
			r.Expires = end
		}
	}
	return e.Revoke(ctx, r)
}

// Later revokes a token that is not valid yet until it has expired.
func (e *Revoker) Later(ctx context.Context, id api.Identity, reason, actor string) error {
	r := api.Revocation{
		Kind: api.RevokeToken, Key: id.Proof.TokenID, Reason: reason, Actor: actor, Expires: id.Proof.ExpiresAt.Add(policy.MaxLeeway),
	}
	p := e.Policy.Load()
	if l, ok := p.TokenFormat(id.Proof.TokenFormat); !ok || l.Verifying != nil { // an external issuer may reuse one id for several tokens
		if end := e.Now().Add(p.Remember()); end.After(r.Expires) {
			r.Expires = end
		}
	}
	return e.Revoke(ctx, r)
}

// isBearerRevoked reports whether a token is revoked until it expires. A longer revocation,
// as for tokens of external issuers, would then add nothing.
func (e *Revoker) isBearerRevoked(id api.Identity) bool {
	end := id.Proof.ExpiresAt
	return !end.IsZero() && e.Index.Holds(&api.Revocation{
		Kind: api.RevokeToken, Key: id.Proof.TokenID, Expires: end.Add(policy.MaxLeeway),
	})
}

func checkRevocation(r api.Revocation) error {
	switch r.Kind {
	case api.RevokeAll:
		return nil
	case api.RevokeAPIKey:
		return api.E(api.Invalid, "", "an API key is revoked through the accounts, which mark it as well")
	case api.RevokeToken, api.RevokeSession, api.RevokeSubject, api.RefreshUser, api.RevokeClient, api.RevokeKey:
		if r.Key != "" {
			return nil
		}
		return api.E(api.Invalid, "", fmt.Sprintf("a revocation of kind %q needs to name what is revoked", r.Kind))
	}
	return api.E(api.Invalid, "", fmt.Sprintf("there is no revocation of kind %q", r.Kind))
}

// endsWithTokens reports whether a revocation can be deleted once all tokens of its time
// have expired. Revocations by time also affect API keys, which may never expire: they stay
// in the log permanently.
func endsWithTokens(r api.Revocation) bool {
	switch r.Kind {
	case api.RevokeAll, api.RevokeClient:
		return false
	case api.RevokeSubject:
		return r.MinGen > 0
	}
	return true
}
