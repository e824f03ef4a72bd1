package core

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/narrow"
)

// What hooks may do to the roles and scopes that decisions go by: handlers of keyed
// views (plugins, expressions) may drop some, and add some only if they were bound
// to the right roles.widen (see hooks.Narrow). Go functions may do both. Whatever they do, what an API key is
// restricted to is applied after them.

// NarrowerThan reports whether d lets its request do less than other lets its own:
// somebody else asks, or somebody without a role or scope that other has.
func (d Decision) NarrowerThan(other Decision) bool {
	return !other.Anonymous() && (d.Identity.Subject != other.Identity.Subject || narrow.Narrower(&d.Identity, &other.Identity) != nil)
}

// restricted applies what the credential is restricted to, whoever has added roles
// or scopes since.
func restricted(id api.Identity) api.Identity {
	r := id.Proof.Restriction
	if r == nil {
		return id
	}
	if r.Roles != nil {
		id.Roles = narrow.Common(id.Roles, r.Roles)
	}
	if r.Scopes != nil {
		id.Scopes = narrow.Common(id.Scopes, r.Scopes)
	}
	return id
}

// staysNarrow reports whether what is issued for an identity must do no more than its
// credential does. Where roles are read anew, login-after is asked again, as these
// dialects, and it is seen here whether it would take away as much: a hook that goes by
// the method of a login would not. Nobody asks again about an API key, or a token, that
// was shown once.
func (e *Engine) staysNarrow(ctx context.Context, p *compiled.Policy, id *api.Identity, dialects string) (bool, error) {
	if !id.IsNarrowed() || !id.Proof.LoginNarrowed {
		return id.IsNarrowed(), nil
	}
	anew, err := e.holder(ctx, id.Subject)
	if err != nil {
		return true, err
	}
	anew.Client, anew.Scopes = id.Client, id.Scopes
	anew, err = e.askLoginAfter(ctx, p, LoginResult{Identity: anew, Method: methodRefresh}, dialects)
	return err != nil || narrow.Narrower(id, &anew) != nil, err
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
