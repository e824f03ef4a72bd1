package loginafter

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/policy"
)

// Asker runs login-after. It is safe for concurrent use.
type Asker struct{ *env.Env }

// How hooks may change roles and scopes: handlers of keyed views (plugins, expressions) may
// remove some, and may add some only if they were bound with the right roles.widen (see
// hooks.Narrow). Go functions may do both. The restriction of an API key is applied
// afterwards in any case.

// Ask runs login-after for each of the dialects. Only roles and scopes that all leave
// remain.
func (e *Asker) Ask(ctx context.Context, p *compiled.Policy, r point.LoginResult, dialects string) (api.Identity, error) {
	id, out, first := r.Identity, r.Identity, true
	for r.Dialect = range strings.SplitSeq(dialects, compiled.DialectSeparator) {
		after, err := p.Hooks.LoginAfter.ApplyJudged(ctx, r, judge.Login)
		if err != nil {
			return api.Identity{}, e.Events.HookError(ctx, err)
		}
		if !first {
			after.Identity.Roles = narrow.Common(out.Roles, after.Identity.Roles)
			after.Identity.Scopes = narrow.Common(out.Scopes, after.Identity.Scopes)
		}
		out, first = after.Identity, false
	}
	return restrictAtLogin(id, out, dialects), nil
}

// AsDialects returns the dialects in the order in which hooks run. Each gets the value of
// the one before, so the site at which the session began comes last. "" becomes the token format.
func AsDialects(dialects, format string) []string {
	list := strings.Split(dialects, compiled.DialectSeparator)
	slices.Reverse(list)
	for i := range list {
		list[i] = cmp.Or(list[i], format, policy.NativeName)
	}
	return list
}

// Taken returns the roles before some were removed, or nil if none were.
func Taken(before, after []string) []string {
	if narrow.Within(before, after) {
		return nil
	}
	return before
}

// Again runs login-after for roles that were read again, as a refresh does, so that roles
// that it removed at login do not come back.
func (e *Asker) Again(ctx context.Context, p *compiled.Policy, id api.Identity, a *api.Attempt, dialects string) (api.Identity, error) {
	if p.Hooks.LoginAfter.Len() == 0 {
		return id, nil
	}
	r := point.LoginResult{Identity: id, Method: MethodRefresh}
	if a != nil {
		r.Peer = api.Peer{Addr: a.Peer, UserAgent: a.Header.Get("User-Agent")}
	}
	id, err := e.Ask(ctx, p, r, dialects)
	return Restricted(id), err
}

// MethodRefresh is the method that login-after sees at a refresh.
const MethodRefresh = "refresh"

// Restrict returns original with the roles and scopes of changed, and records whether some
// were removed.
func Restrict(original, changed api.Identity) api.Identity {
	if narrow.Narrower(&changed, &original) != nil {
		original.Proof.Narrowed, original.Proof.LoginNarrowed = true, false
	}
	original.Roles, original.Scopes = changed.Roles, changed.Scopes
	return original
}

// restrictAtLogin is Restrict for login-after. It also records for which dialects it ran.
func restrictAtLogin(original, changed api.Identity, dialects string) api.Identity {
	alone := !original.IsNarrowed() || original.Proof.LoginNarrowed
	if original.Proof.LoginNarrowed {
		dialects = compiled.WithDialects(original.Proof.LoginDialects, dialects)
	}
	id := Restrict(original, changed)
	if id.Proof.LoginNarrowed = alone && id.Proof.Narrowed; id.Proof.LoginNarrowed {
		id.Proof.LoginDialects = dialects
	}
	return id
}

// Restricted applies the restriction of the credential, whatever roles or scopes were added
// since.
func Restricted(id api.Identity) api.Identity {
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

// StaysNarrow reports whether what is issued for an identity must allow no more than its
// credential. If roles are read again at each use, login-after runs again for these
// dialects; StaysNarrow checks that it would remove as much, since a hook may depend on the
// method of the login. An API key or a token that was presented only once always stays
// narrow.
func (e *Asker) StaysNarrow(ctx context.Context, p *compiled.Policy, id *api.Identity, dialects string) (bool, error) {
	if !id.IsNarrowed() || !id.Proof.LoginNarrowed {
		return id.IsNarrowed(), nil
	}
	anew, err := e.Dirs.Holder(ctx, id.Subject)
	if err != nil {
		return true, err
	}
	anew.Client, anew.Scopes = id.Client, id.Scopes
	anew, err = e.Ask(ctx, p, point.LoginResult{Identity: anew, Method: MethodRefresh}, dialects)
	return err != nil || narrow.Narrower(id, &anew) != nil, err
}

// Exchangeable refuses to issue anything for an API key: a token or session would outlive
// the key and its revocation, and would not have its rate limit.
func Exchangeable(id *api.Identity) error {
	if id.Proof.APIKey == "" {
		return nil
	}
	return api.E(api.Denied, api.ReasonNarrowed, "an API key cannot be exchanged for a token or session, which would outlive it: log in instead")
}

// TooNarrow returns the refusal to issue something that would allow more than the
// credential.
func TooNarrow(what string) error {
	return api.E(api.Denied, api.ReasonNarrowed,
		fmt.Sprintf("this credential may do less than its user, which %s cannot tell: log in for it", what))
}
