package verify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/token"
)

// Later verifies a token as of a time at which it is valid, whether or not its user is
// disabled.
func (e *Verifier) Later(ctx context.Context, p *compiled.Policy, text string) (api.Identity, error) {
	return e.later(ctx, p, text, e.nameOwner)
}

// Unnamed is Later without a lookup of the user, whose subject stays empty if the token names
// only a number.
func (e *Verifier) Unnamed(ctx context.Context, p *compiled.Policy, text string) (api.Identity, error) {
	return e.later(ctx, p, text, func(context.Context, *compiled.TokenFormat, *api.Identity) error { return nil })
}

// naming completes the user that a token names.
type naming func(context.Context, *compiled.TokenFormat, *api.Identity) error

func (e *Verifier) later(ctx context.Context, p *compiled.Policy, text string, name naming) (api.Identity, error) {
	t, err := token.Parse(text)
	if err != nil {
		return api.Identity{}, err
	}
	formats, err := p.Candidates(t, "")
	if err != nil {
		return api.Identity{}, err
	}
	_, id, err := firstGood(formats, func(l *compiled.TokenFormat) (api.Identity, error) { return e.laterAs(ctx, l, t, name) })
	return id, err
}

func (e *Verifier) laterAs(ctx context.Context, l *compiled.TokenFormat, t *token.Token, name naming) (id api.Identity, err error) {
	defer api.Recover("token format", l.Name, &err)
	key, err := e.checkSignature(ctx, l, t)
	if err != nil {
		return api.Identity{}, err
	}
	when := e.Now()
	for _, start := range []func() time.Time{t.NotBefore, t.Issued} {
		if start().After(when) {
			when = start()
		}
	}
	if last := t.Expires().Add(-time.Second); last.Before(when) {
		when = last
	}
	if err := t.Check(l.Profile, when); err != nil {
		return api.Identity{}, err
	}
	if id, _, err = l.Read(t.Claims()); err != nil {
		return api.Identity{}, err
	}
	if err := name(ctx, l, &id); err != nil {
		return api.Identity{}, err
	}
	id.Proof = proof(l, t, key)
	return id, nil
}

// nameOwner completes the user that a token names, enabled or not.
func (e *Verifier) nameOwner(ctx context.Context, l *compiled.TokenFormat, id *api.Identity) error {
	switch {
	case id.Subject != "":
		return nil
	case id.Number <= 0:
		return api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token names no user")
	case l.Directory == "" && len(e.Dirs.All) > 1:
		return fmt.Errorf("verify a token of token format %q: %w", l.Name, directory.ErrAmbiguous)
	}
	for _, d := range e.Dirs.In(l.Directory) {
		u, err := d.ByNumber(ctx, id.Number)
		if errors.Is(err, api.ErrNotFound) {
			continue
		}
		if err != nil {
			return api.Wrap(api.Unavailable, "", "the user directory does not answer", err)
		}
		id.Subject, id.Login = u.Subject, u.Login
		return nil
	}
	return directory.NoSuchUser()
}
