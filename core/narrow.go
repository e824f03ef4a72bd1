package core

import (
	"context"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
)

// What hooks may do to the roles and scopes that decisions go by: handlers of keyed
// views (plugins, expressions) may drop some, and add some only if they were bound
// to the right roles.widen (see hooks.Narrow). Go functions may do both. Whatever they do, what an API key is
// restricted to is applied after them.

// narrower returns an error if after has a role or scope that before lacks.
func narrower(before, after *api.Identity) error {
	if within(after.Roles, before.Roles) && within(after.Scopes, before.Scopes) {
		return nil
	}
	return notAcceptable("user.roles and user.scopes", "must not gain members: that needs the right roles.widen")
}

// NarrowerThan reports whether d lets its request do less than other lets its own:
// somebody else asks, or somebody without a role or scope that other has.
func (d Decision) NarrowerThan(other Decision) bool {
	return !other.Anonymous() && (d.Identity.Subject != other.Identity.Subject || narrower(&d.Identity, &other.Identity) != nil)
}

func within(list, all []string) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(all, s) })
}

// layoutKey is under what the context of token-claims holds the token's layout.
type layoutKey struct{}

func withLayout(ctx context.Context, l *Layout) context.Context {
	return context.WithValue(ctx, layoutKey{}, l)
}

// narrowerClaims compares what the layout will read back of claims, so that a layout
// that reads no roles lets hooks write what they like.
func narrowerClaims(ctx context.Context, before, after *TokenClaims) error {
	l, ok := ctx.Value(layoutKey{}).(*Layout)
	if !ok {
		return nil // outside an engine nobody reads them back
	}
	was, _, unreadable := l.Read(before.Claims)
	is, _, err := l.Read(after.Claims)
	switch {
	case err == nil && unreadable == nil:
		return narrower(&was, &is)
	case err == nil:
		return narrower(&api.Identity{}, &is)
	case unreadable == nil:
		// The next handler could make anything of claims that say nothing.
		return notAcceptable("claim.*", "must tell roles and scopes in the token's format: %v", err)
	}
	return nil
}

// restricted applies what the credential is restricted to, whoever has added roles
// or scopes since.
func restricted(id api.Identity) api.Identity {
	r := id.Proof.Restriction
	if r == nil {
		return id
	}
	if r.Roles != nil {
		id.Roles = common(id.Roles, r.Roles)
	}
	if r.Scopes != nil {
		id.Scopes = common(id.Scopes, r.Scopes)
	}
	return id
}

// staysNarrow reports whether what is issued for an identity must do no more than its
// credential does. Where roles are read anew, login-after is asked as these dialects, and
// takes away again what it took away at the login, if they are the same or it does so anew;
// but nobody asks again about an API key, or a token, that was shown once.
func (e *Engine) staysNarrow(ctx context.Context, p *policy, id *api.Identity, dialects string) (bool, error) {
	if !id.IsNarrowed() || !id.Proof.LoginNarrowed {
		return id.IsNarrowed(), nil
	}
	if withDialects(dialects, id.Proof.LoginDialects) == dialects {
		return false, nil
	}
	anew, err := e.holder(ctx, id.Subject)
	if err != nil {
		return true, err
	}
	anew.Client, anew.Scopes = id.Client, id.Scopes
	anew, err = e.askLoginAfter(ctx, p, LoginResult{Identity: anew, Method: methodRefresh}, dialects)
	return err != nil || narrower(id, &anew) != nil, err
}

// exchangeable refuses to issue anything for an API key: a token or a session would
// outlive the key, its end and its revocation, and does not know its rate.
func exchangeable(id *api.Identity) error {
	if id.Proof.APIKey == "" {
		return nil
	}
	return api.E(api.Denied, api.ReasonNarrowed, "an API key gets no token and no session, which would outlive it: log in for one")
}

func errNarrow(what string) error {
	return api.E(api.Denied, api.ReasonNarrowed,
		fmt.Sprintf("this credential may do less than its user, which %s cannot tell: log in for it", what))
}

// common returns what both lists have; list itself if that is all of it.
func common(list, with []string) []string {
	if within(list, with) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(with, s) })
}
