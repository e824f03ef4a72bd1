package core

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/route"
)

// Rechecks of a request in flight. They run no events and count no calls: the client has
// sent only one request.

// takenBack reports from memory whether the credential was revoked, or its signing key
// withdrawn or ended. A live session does not outlast the key, since anyone with a leaked
// secret could name any session.
func (s *watches) takenBack(w *Watch) bool {
	id := w.identity()
	if end := id.Proof.KeyUntil; !end.IsZero() && !s.e.env.Now().Before(end) {
		return true
	}
	if _, revoked := s.e.env.Index.Revoked(id); revoked {
		return true
	}
	if origin := w.decision.known.Origin; origin != nil {
		if _, revoked := s.e.env.Index.Revoked(origin); revoked {
			return true
		}
	}
	if !w.policy.SignedByRing(&id.Proof) {
		return false
	}
	_, found := s.e.env.Keys.Find(id.Proof.KeyID)
	return !found
}

// stillMay reads the user again, and the credential if it is stored, and checks both
// against the rules.
func (s *watches) stillMay(ctx context.Context, w *Watch) (until time.Time, err error) {
	defer api.Recover("look at a request under rule", w.decision.Rule.Name, &err)
	a := *w.attempt
	host, err := route.Host(a.Host)
	if err != nil {
		return until, err
	}
	at := &compiled.Target{Host: host, Path: a.Path, Rule: w.decision.Rule, Read: w.decision.Reading}
	known, until, err := s.knownNow(ctx, w, at, &a)
	if err != nil {
		return until, err
	}
	who, err := s.e.auth.Resolve(ctx, w.policy, known, at, &a)
	if err != nil {
		return until, err
	}
	if err := w.policy.CheckMethod(known.Method, &who.Identity, a.Credential.Kind, at); err != nil {
		return until, err
	}
	now := &Decision{Identity: who.Identity}
	for _, rule := range w.decision.also {
		if err := permitted(rule, now); err != nil {
			return until, err
		}
	}
	return until, permitted(at.Rule, now)
}

// knownNow asks the method again. It asks only the directory if the method would count this
// as another login, or if the token itself has expired.
func (s *watches) knownNow(ctx context.Context, w *Watch, at *compiled.Target, a *api.Attempt) (*cache.Entry, time.Time, error) {
	was, p, kind := w.decision.known, w.policy, a.Credential.Kind
	end := p.End(&was.Identity)
	outlived := !end.IsZero() && !s.e.env.Now().Before(end)
	if (kind == api.Bearer || kind == api.APIKeyKind) && !outlived {
		asked, err := p.AskedDirectory(kind, at)
		if err != nil {
			return nil, end, err
		}
		known, _, err := s.e.auth.AskMethod(ctx, p, was.Method, asked, at, a)
		if err != nil {
			return nil, end, err
		}
		return known, p.End(&known.Identity), nil
	}
	if was.Identity.Directory == "" {
		return was, w.until, nil // no directory has newer data
	}
	id, err := s.e.env.Dirs.Holder(ctx, was.Identity.Subject)
	if err != nil {
		return nil, end, err
	}
	if was.Identity.Proof.TokenID != "" && compiled.HasOne(&id, p.Tokens.RefuseRoles) {
		return nil, end, compiled.RoleRefused()
	}
	id.Client, id.Scopes, id.Method, id.Proof = was.Identity.Client, was.Identity.Scopes, was.Identity.Method, was.Identity.Proof
	return &cache.Entry{Identity: id, Method: was.Method, Origin: was.Origin}, w.until, nil
}

// sessionGoesOn reports, after a token has expired, whether its session has a newer one.
func (s *watches) sessionGoesOn(ctx context.Context, w *Watch) (time.Time, error) {
	proof := &w.identity().Proof
	kept, err := s.e.env.Families.Session(ctx, proof.Session)
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, errEndExpired
	}
	if err != nil {
		return time.Time{}, api.Wrap(api.Unavailable, "", "sessions cannot be looked up at the moment", err)
	}
	now := s.e.env.Now()
	newest := kept.Used.Truncate(time.Second).Add(proof.ExpiresAt.Sub(proof.IssuedAt))
	end := newest.Add(w.policy.Tokens.Leeway)
	if !kept.Live(now) || !now.Before(end) {
		return time.Time{}, errEndExpired
	}
	return end, nil
}
