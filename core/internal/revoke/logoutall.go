package revoke

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// LogoutAll implements core.Tokens.LogoutAll.
func (e *Revoker) LogoutAll(ctx context.Context, subject, reason, actor string) error {
	err := e.endAll(ctx, subject, reason, actor) // even if the others cannot be looked up
	others, unknown := e.Dirs.Sisters(ctx, subject)
	errs := []error{err, unknown}
	for _, other := range others {
		errs = append(errs, e.endAll(ctx, other, reason, actor))
	}
	return joinCauses(errs...)
}

// endAll is LogoutAll for one subject. Once it returns, even with an error of the last
// step, everything is revoked.
func (e *Revoker) endAll(ctx context.Context, subject, reason, actor string) error {
	tokens := e.endTokens(ctx, subject, reason, actor)
	by := e.Now() // a session whose login began while the tokens were being revoked ends too
	keys := e.EndKeys(ctx, subject, reason, actor)
	return joinCauses(tokens, keys, e.endSessions(ctx, subject, by, tokens == nil, reason, actor))
}

// joinCauses joins the errors of independent steps, without those whose cause an earlier
// error contains.
func joinCauses(errs ...error) error {
	var told error
	for _, err := range errs {
		if err != nil && (told == nil || !strings.Contains(told.Error(), innermost(err).Error())) {
			told = errors.Join(told, err)
		}
	}
	return told
}

func innermost(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

// endSessionsTime limits the time that one call spends on marking revoked sessions as
// ended.
const endSessionsTime = 8 * time.Second

// endSessions ends the sessions of a subject that began no later than by. dead says that
// all their tokens are revoked already: then marking them is optional, and what takes too
// long is left to expire.
func (e *Revoker) endSessions(ctx context.Context, subject string, by time.Time, dead bool, reason, actor string) error {
	bounded, cancel := context.WithTimeout(ctx, endSessionsTime)
	defer cancel()
	ended, err := e.Families.EndBegun(bounded, subject, by, reason, actor)
	for _, s := range ended {
		e.SessionEnded(ctx, s, reason, actor)
	}
	if err != nil && dead && ctx.Err() == nil && bounded.Err() != nil {
		e.Log.WarnContext(ctx, "too many sessions to mark each as ended, all are revoked", "subject", subject)
		return nil
	}
	return err
}

// EndSessionsOf implements core.Tokens.EndSessionsOf.
func (e *Revoker) EndSessionsOf(ctx context.Context, subject, format, reason, actor string) error {
	ended, err := e.Families.EndOf(ctx, subject, format, reason, actor)
	for _, s := range ended {
		e.SessionEnded(ctx, s, reason, actor)
	}
	return err
}

// endTokens revokes everything issued to a subject so far.
func (e *Revoker) endTokens(ctx context.Context, subject, reason, actor string) error {
	for _, d := range e.Dirs.All {
		ender, ok := users.EnderOf(d)
		if !ok {
			continue
		}
		change := e.Begin(subject)
		u, err := ender.EndAll(ctx, subject, reason, actor)
		if errors.Is(err, api.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		e.Obey(ctx)
		return e.Cover(ctx, u, change, reason, actor)
	}
	// The directory has no generations: revoke by time of issue.
	return e.Revoke(ctx, api.Revocation{Kind: api.RevokeSubject, Key: subject, Reason: reason, Actor: actor})
}

// EndKeys revokes the API keys of a subject.
func (e *Revoker) EndKeys(ctx context.Context, subject, reason, actor string) error {
	const page = 1000
	for after, more := "", true; more; {
		list, err := e.Store.FindAPIKeys(ctx, subject, "", after, page)
		if err != nil {
			return fmt.Errorf("revoke the API keys of %q: %w", subject, err)
		}
		for _, key := range list {
			after = key.ID
			if !key.Revoked.IsZero() {
				continue
			}
			if err := e.APIKey(ctx, key.ID, reason, actor); err != nil && !errors.Is(err, api.ErrNotFound) {
				return fmt.Errorf("revoke API key %s of %q: %w", key.ID, subject, err)
			}
		}
		more = len(list) == page
	}
	return nil
}
