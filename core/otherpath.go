package core

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/authenticate"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/route"
)

// others decides on what the application could take a request for, or do by it, besides
// what it says.
type others struct{ *Engine }

// CheckSlash refuses an attempt that was let through with d, if hooks would not let it
// through without the slash at the end of its path, which many routers cut off; or with
// one, where its rule takes both paths for one. The rule stays that of the attempt, see
// [Engine.OtherSlash] for the other. The error is an [api.Error].
func (e *Engine) CheckSlash(ctx context.Context, a *api.Attempt, d Decision) error {
	ends := strings.HasSuffix(a.Path, "/")
	if !ends && d.Rule.TrailingSlash != route.SlashSame || !decideByPath(e.env.Policy.Load().Hooks) {
		return nil
	}
	if path := route.OtherSlash(a.Path); path != "" {
		return others{e}.checkPath(ctx, a, d, path)
	}
	return nil
}

// CheckTrimmed refuses an attempt that was let through with d, if it would not be let
// through with the path that servers make of its own which cut blanks and dots off the
// ends of segments: by the rules, at the sites of mounts, or by a hook. The error is an
// [api.Error].
func (e *Engine) CheckTrimmed(ctx context.Context, a *api.Attempt, d Decision) error {
	path := route.Trimmed(a.Path)
	if path == a.Path {
		return nil
	}
	if rule, _ := e.RuleAt(a, a.Method, path); rule.StricterThan(d.Rule) {
		return otherPath()
	}
	return others{e}.checkPath(ctx, a, d, path)
}

// CheckPath refuses an attempt that was let through with d, if it would not be let
// through at another canonical path under the same rule: by the sites of mounts, or by a
// hook. No call is counted for it. The error is an [api.Error].
func (e *Engine) CheckPath(ctx context.Context, a *api.Attempt, d Decision, path string) error {
	if path == a.Path {
		return nil
	}
	return others{e}.checkPath(ctx, a, d, path)
}

func (e others) checkPath(ctx context.Context, a *api.Attempt, d Decision, path string) (err error) {
	defer api.Recover("decision about", a.RawTarget, &err)
	host, err := route.Host(a.Host)
	if err != nil {
		return err
	}
	read, differs := withPath(d.Reading, a.Path, path)
	if !differs {
		return nil // it is a REST route, whose path has one form
	}
	p, also := e.env.Policy.Load(), *a
	also.Path = path
	at, rules := &compiled.Target{Host: host, Path: path, Rule: d.Rule, Read: read}, governing{d.Rule, d.also}
	public, err := rules.isPublic(ctx, e.Engine, p, at, &also)
	if err != nil || public {
		return err
	}
	as := d
	if err := e.identifyAt(ctx, p, rules, at, &also, &as); err != nil {
		return err
	}
	if err := rules.permit(ctx, e.Engine, p, at, &also, &as); err != nil {
		return err
	}
	if as.NarrowerThan(d) {
		return otherPath()
	}
	return nil
}

// identifyAt says who asks at another path, without counting another call or try.
func (e others) identifyAt(ctx context.Context, p *compiled.Policy, rules governing, at *compiled.Target, a *api.Attempt, d *Decision) error {
	if d.PassedOn {
		return nil
	}
	header, err := p.HeaderFor(d.Rule, at)
	if err != nil {
		return err
	}
	if d.known == nil && a.Credential.Kind == api.NoCredential { // it may have been public, and not looked at
		known, err := e.auth.Authenticate(ctx, p, at, header, a)
		if err != nil && !rules.tolerate(p, a, err) {
			return err
		}
		if err == nil {
			d.Identity, d.known = known.Identity, known
		}
		return nil
	}
	if err := e.sameCredential(ctx, p, at, header, a); err != nil || d.known == nil {
		return err // without: it is bad, and tolerated
	}
	who, err := e.judgeAt(ctx, p, d.known, at, a)
	if err == nil {
		d.Identity, d.known = who.Identity, who
	}
	return err
}

// sameCredential refuses a request that would show another credential at a place.
func (e others) sameCredential(ctx context.Context, p *compiled.Policy, at *compiled.Target, header *route.HeaderSpec, a *api.Attempt) error {
	spec, err := e.auth.CredentialSpec(ctx, p, at, header, a)
	if err != nil {
		return err
	}
	found, err := authenticate.Extract(p, spec, a)
	if err != nil || found.Kind != a.Credential.Kind || found.Kind != api.NoCredential && found.Header != a.Credential.Header {
		return compiled.TwoHeaders()
	}
	return nil
}

// judgeAt is judge at another place, for a credential that was counted.
func (e others) judgeAt(ctx context.Context, p *compiled.Policy, known *cache.Entry, at *compiled.Target, a *api.Attempt) (*cache.Entry, error) {
	if err := p.CheckPlace(known.Method, &known.Identity, at); err != nil {
		return nil, err
	}
	if err := e.verifier.CheckToken(ctx, p, &known.Identity, at, a); err != nil {
		return nil, err
	}
	who, err := e.auth.Resolve(ctx, p, known, at, a)
	if err != nil {
		return nil, err
	}
	return who, p.CheckMethod(known.Method, &who.Identity, a.Credential.Kind, at)
}

// decideByPath reports whether hooks are bound that may decide by a request's path.
func decideByPath(h *Hooks) bool {
	return h.RouteAccess.Len()+h.RouteExclusion.Len()+h.TokenVerify.Len()+h.IdentityResolved.Len()+h.CustomHeader.Len() > 0
}

// withPath returns what the upstream could take a request for with another path. differs
// reports whether anything of it is found by its path.
func withPath(r *route.Reading, path, other string) (_ *route.Reading, differs bool) {
	if r == nil {
		return nil, true
	}
	out := *r
	out.Also = slices.Clone(r.Also)
	set := func(m *route.Meaning) {
		if !m.IsREST() && m.Path == path {
			m.Path, differs = other, true
		}
	}
	set(&out.Meaning)
	for i := range out.Also {
		set(&out.Also[i])
	}
	return &out, differs
}

func otherPath() error {
	return api.E(api.Invalid, api.ReasonBadPath, "the request path could be taken for another one that is not allowed")
}
