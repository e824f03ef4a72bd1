package authenticate

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/policy"
)

// VerifyHere returns the identity of a token, at the place of the attempt if there is one.
// The entry is shared: do not change it.
func (e *Authenticator) VerifyHere(ctx context.Context, p *compiled.Policy, r api.VerifyRequest) (who *cache.Entry, err error) {
	defer api.Recover("verification", "", &err)
	if r.Attempt == nil {
		return e.verifyAnywhere(ctx, p, r)
	}
	at, err := compiled.TargetOf(r.Attempt)
	if err != nil {
		return nil, err
	}
	at.Read = p.ReadingOf(at.Host, r.Attempt)
	shown := *p.Cleaned(r.Attempt)
	shown.Credential = api.Credential{Kind: api.Bearer, Text: r.Token}
	if p.Accept != nil && !p.Accept(&shown) {
		return nil, compiled.NotAccepted()
	}
	known, err := e.askToken(ctx, p, at, &shown)
	if err != nil {
		return nil, e.inWordsOf(ctx, p, r, at, err)
	}
	if who, err = e.judge(ctx, p, known, at, &shown); err != nil {
		return nil, err
	}
	return who, e.checkResidence(ctx, p, who.Identity, p.Residence(at, &shown, &who.Identity))
}

// checkResidence refuses an identity outside the directory; "" is any.
func (e *Authenticator) checkResidence(ctx context.Context, p *compiled.Policy, id api.Identity, home string) error {
	if home == "" {
		return nil
	}
	if err := e.Dirs.ResolveDirectory(ctx, p, &id); err != nil {
		return err
	}
	return directory.Belongs(&id, home)
}

// verifyAnywhere verifies a token that is not used at a particular place.
func (e *Authenticator) verifyAnywhere(ctx context.Context, p *compiled.Policy, r api.VerifyRequest) (*cache.Entry, error) {
	id, err := e.verifier.Verify(ctx, p, r)
	if err != nil {
		return nil, err
	}
	if err := e.Dirs.NoteSuperAdmin(ctx, p, nil, &id); err != nil {
		return nil, err
	}
	if err := p.CheckKept(&id); err != nil {
		return nil, err
	}
	before := id.Roles
	if p.ReadAnew(&id) {
		if id, err = e.after.Again(ctx, p, id, nil, p.Sites.DialectsOf(id.Proof.TokenFormat)); err != nil {
			return nil, err
		}
	}
	known := &cache.Entry{Identity: id, Before: loginafter.Taken(before, id.Roles)}
	if err := e.alive(p, known, e.Now()); err != nil {
		return nil, err
	}
	return e.judge(ctx, p, known, nil, nil)
}

// askToken asks the methods, as a request would, for a token that is accepted at the place.
// If no method takes tokens, as in an engine that only issues them, it verifies the token
// directly.
func (e *Authenticator) askToken(ctx context.Context, p *compiled.Policy, at *compiled.Target, a *api.Attempt) (known *cache.Entry, err error) {
	if len(p.Chain[api.Bearer]) > 0 {
		known, err = e.ask(ctx, p, at, a)
	} else {
		verify := func(ctx context.Context, text string) (api.Identity, error) {
			return e.verifier.Verify(ctx, p, api.VerifyRequest{Token: text})
		}
		known, err = e.askOne(ctx, p, &compiled.Method{Method: tokenMethod(verify), ChainName: "token"}, at, a)
	}
	if err != nil {
		return nil, err
	}
	if known.Identity.Proof.TokenID == "" {
		return nil, compiled.NotAccepted()
	}
	return known, p.CheckPlace(known.Method, &known.Identity, at)
}

// inWordsOf replaces a refusal of a token that is not accepted at the site by the refusal
// that it would get as one of the site's own.
func (e *Authenticator) inWordsOf(ctx context.Context, p *compiled.Policy, r api.VerifyRequest, at *compiled.Target, err error) error {
	if r.TokenFormat == "" || api.CodeOf(err) != api.Unauthenticated {
		return err
	}
	id, unknown := e.verifier.Verify(ctx, p, api.VerifyRequest{Token: r.Token})
	if unknown == nil && p.CheckPlace(nil, &id, at) == nil {
		return err
	}
	if _, own := e.verifier.Verify(ctx, p, api.VerifyRequest{Token: r.Token, TokenFormat: r.TokenFormat}); own != nil {
		return own
	}
	return err
}

// tokenMethod is the method for tokens in an engine that has none.
type tokenMethod func(context.Context, string) (api.Identity, error)

var _ policy.Method = tokenMethod(nil)

// Name implements [Method].
func (tokenMethod) Name() string { return "token" }

// Authenticate implements [Method].
func (m tokenMethod) Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error) {
	return m(ctx, a.Credential.Text)
}
