package core

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/core/route"
)

// Outcome is the result of a decision. The zero value denies.
type Outcome uint8

// The outcomes.
const (
	Refused Outcome = iota
	Allowed
)

// Decision is the engine's answer to one request. Each front end (proxy, decision endpoint,
// guard) renders it in its own way.
type Decision struct {
	Outcome   Outcome
	Identity  api.Identity // zero when anonymous
	Rule      *route.Rule  // nil when none matched
	Err       *Error       // why it was refused; nil when allowed
	Challenge []string     // WWW-Authenticate values that go with a 401
	Headers   api.Header   // identity headers for the upstream, always all of them; shared, do not change

	// Reading is what the decision is based on if [Policy].Read says that the upstream
	// could read the request differently; nil if the request is taken literally.
	Reading *route.Reading

	// PassedOn says that the request's only credential does not have the form of one of ours
	// and is forwarded unchanged to the upstream, whose answer counts.
	PassedOn bool

	known  *cache.Entry     // of the identity; nil when anonymous
	also   []*route.Rule    // the other rules that allow the request
	policy *compiled.Policy // by which it was decided; nil: by none
}

// Anonymous reports whether no user was authenticated.
func (d Decision) Anonymous() bool { return d.Identity.Method == "" }

// Requiring returns d as if a rule also required one of these roles, so that [Engine.Watch]
// ends the request if the identity loses all of them. The caller must check that the
// identity has one of them now.
func (d Decision) Requiring(roles ...string) Decision {
	rule := *d.Rule
	rule.Access, rule.Roles, rule.Scopes = route.Required, slices.Clone(roles), nil
	d.also = append(slices.Clip(d.also), &rule)
	return d
}

// Including returns d as if the rules of other, the decision on a request that is carried
// inside this one, also had to allow it, so that [Engine.Watch] ends the whole request if
// the identity may no longer pass one of them. Both must have allowed their request, for
// the same identity. An anonymous request is not watched, so d is returned as it is.
func (d Decision) Including(other Decision) Decision {
	if d.known == nil {
		return d
	}
	if d.Rule.OnRevoke == route.Keep && other.Rule.OnRevoke != route.Keep {
		rule := *d.Rule
		rule.OnRevoke = route.End
		d.Rule = &rule
	}
	d.also = slices.Clip(d.also)
	for _, rule := range append([]*route.Rule{other.Rule}, other.also...) {
		if rule != d.Rule && !slices.Contains(d.also, rule) {
			d.also = append(d.also, rule)
		}
	}
	return d
}

// Decide decides whether a request is allowed. It sets a's Path, Query, Credential and, if
// a method needs it, BodyDigest; the caller must forward exactly Path and Query. For a
// credential that was seen before it uses memory only.
func (e *Engine) Decide(ctx context.Context, a *api.Attempt) Decision {
	p := e.env.Policy.Load()
	d := Decision{policy: p}
	err := deciding{e}.decide(ctx, p, a, &d)
	if err == nil {
		d.Outcome = Allowed
		return d
	}
	return e.refused(ctx, p, d, a, err)
}

// Refuse turns d into a refusal for err, for callers that check more than the rules. It is
// reported to request-denied and logged like a refusal by [Engine.Decide]. a is the attempt
// that d was decided on, or as much of it as is known.
func (e *Engine) Refuse(ctx context.Context, a *api.Attempt, d Decision, err error) Decision {
	return e.refused(ctx, e.env.Policy.Load(), d, a, err)
}

func (e *Engine) refused(ctx context.Context, p *compiled.Policy, d Decision, a *api.Attempt, err error) Decision {
	d.Outcome, d.Err, d.Headers, d.Challenge = Refused, api.AsError(err), nil, nil
	if d.Err.Code == api.Unauthenticated {
		d.Challenge = p.Challenges(d.Err)
	}
	e.env.Events.LogFault(ctx, "decision failed, so the request is refused", d.Err)
	e.denied(ctx, p, d, a)
	return d
}

func (e *Engine) denied(ctx context.Context, p *compiled.Policy, d Decision, a *api.Attempt) {
	if p.Hooks.RequestDenied.Len() == 0 {
		return
	}
	e.env.Events.Fire(ctx, p.Hooks.RequestDenied, Event{
		Identity: d.Identity, Reason: d.Err.Reason, Rule: compiled.RuleName(d.Rule), Attempt: p.Shown(a),
		Peer: api.Peer{Addr: a.Peer, UserAgent: a.Header.Get("User-Agent")},
	})
}

// deciding holds the steps of a decision.
type deciding struct{ *Engine }

// decide fills in d as far as it gets before an error.
func (e deciding) decide(ctx context.Context, p *compiled.Policy, a *api.Attempt, d *Decision) (err error) {
	defer api.Recover("decision about", a.RawTarget, &err) // functions of the policy may panic
	// 1. What is requested: one canonical path, one rule.
	a.Credential, a.BodyDigest = api.Credential{}, nil
	p.Clean(a)
	if a.Path, a.Query, err = route.Canonical(a.RawTarget); err != nil {
		return err
	}
	host, err := route.Host(a.Host)
	if err != nil {
		return err
	}
	rules, err := ruleFor(p, host, a, d)
	if err != nil {
		return err
	}
	if d.Reading == nil && a.Method != strings.ToUpper(a.Method) {
		// Rules compare methods case-sensitively; many programs do not.
		return api.E(api.Denied, api.ReasonMethodNotAllowed, "the method is not in capital letters")
	}
	rule := rules.narrowed()
	at := &compiled.Target{Host: host, Path: a.Path, Rule: rule, Read: d.Reading}
	header, err := p.HeaderFor(rule, at)
	if err != nil {
		return err
	}
	d.Rule, d.also, a.Credential.Header = rule, rules.also, header.Name
	public, err := rules.isPublic(ctx, e.Engine, p, at, a)
	if err != nil {
		return err
	}
	if err := e.passOn(ctx, p, at, header, a, d, public); err != nil {
		return err
	}
	if public {
		d.Headers, err = upstreamHeaders(ctx, e.env, p, d, anonymousHeaders)
		return err
	}
	// 2. Who sends it.
	headers, err := e.identify(ctx, p, rules, at, header, a, d)
	if err != nil {
		return err
	}
	// 3. Whether they may do it.
	if err := rules.permit(ctx, e.Engine, p, at, a, d); err != nil {
		return err
	}
	d.Headers, err = upstreamHeaders(ctx, e.env, p, d, headers)
	return err
}

// identify stores the identity in d and returns the identity headers. The request is
// anonymous if its credential belongs to the application or is ignored.
func (e deciding) identify(ctx context.Context, p *compiled.Policy, rules governing, at *compiled.Target, header *route.HeaderSpec, a *api.Attempt, d *Decision) (api.Header, error) {
	if d.PassedOn {
		return anonymousHeaders, nil
	}
	known, err := e.auth.Authenticate(ctx, p, at, header, a)
	switch {
	case err == nil:
		d.Identity, d.known = known.Identity, known
		return known.Headers, nil
	case !rules.tolerate(p, a, err):
		return nil, err
	case d.Rule.ForwardCredential && compiled.IsKnownHere(err):
		d.Rule = withoutForwarding(d.Rule)
	}
	return anonymousHeaders, nil
}

func noRule(p *compiled.Policy, host, path string) error {
	if len(p.Rules.MethodsFor(host, path)) > 0 {
		return api.E(api.Denied, api.ReasonMethodNotAllowed, "this method is not allowed here")
	}
	return api.E(api.Denied, api.ReasonNoRule, "no rule allows this path")
}

// tolerates reports whether a request continues as anonymous after err. The rule must allow
// anonymous requests, and either no credential was presented or the rule (or the function
// that it defers to) says that a bad credential is ignored.
func tolerates(p *compiled.Policy, rule *route.Rule, a *api.Attempt, err error) bool {
	x := api.AsError(err)
	switch {
	case rule.Access != route.Optional, x.Code != api.Unauthenticated, x.Reason == api.ReasonManyCredentials:
		return false
	case x.Reason == api.ReasonNoCredential && a.Credential.Kind == api.NoCredential:
		return true
	case rule.OnBadToken == route.Asked:
		return p.IgnoreBad != nil && p.IgnoreBad(a)
	}
	return rule.OnBadToken == route.Anonymous
}

func withoutForwarding(rule *route.Rule) *route.Rule {
	r := *rule
	r.ForwardCredential = false
	return &r
}

// permitted checks the identity against the rule.
func permitted(rule *route.Rule, d *Decision) error {
	id := &d.Identity
	if !d.Anonymous() {
		if err := directory.Belongs(id, rule.Directory); err != nil {
			return err
		}
	}
	if rule.Access == route.Optional {
		return nil
	}
	if len(rule.Roles) > 0 && !id.HasRole(rule.Roles...) {
		return api.E(api.Denied, api.ReasonRole, "your role does not allow this")
	}
	if len(rule.Scopes) > 0 && !id.HasScope(rule.Scopes...) {
		return api.E(api.Denied, api.ReasonScope, "your credential's scope does not allow this")
	}
	return nil
}

// Authenticate authenticates a request by any method, whatever the rules say about its
// path. It is meant for endpoints of our own. Anonymous requests are refused, and so are
// users outside the directory of the site or rule at that path.
func (e *Engine) Authenticate(ctx context.Context, a *api.Attempt) Decision {
	p := e.env.Policy.Load()
	a.Credential, a.BodyDigest = api.Credential{}, nil
	p.Clean(a)
	known, err := e.auth.Here(ctx, p, a)
	if err == nil {
		return Decision{Outcome: Allowed, Identity: known.Identity, Headers: known.Headers}
	}
	d := Decision{Err: api.AsError(err)}
	if d.Err.Code == api.Unauthenticated {
		d.Challenge = p.Challenges(d.Err)
	}
	e.env.Events.LogFault(ctx, "authentication failed, so the request is refused", d.Err)
	e.denied(ctx, p, d, a)
	return d
}

// NarrowerThan reports whether d allows less than other: its user differs, or it lacks a
// role or scope that other has.
func (d Decision) NarrowerThan(other Decision) bool {
	return !other.Anonymous() && (d.Identity.Subject != other.Identity.Subject || narrow.Narrower(&d.Identity, &other.Identity) != nil)
}

// Verify returns the identity of a token that is valid now. If r carries an attempt, its
// bearer token is checked as for a request to that place: the same methods, revocation,
// hooks and refused roles apply, and only users of the site's directory are accepted.
// Verify is meant for endpoints that check tokens; use [Engine.Decide] for requests.
func (e *Engine) Verify(ctx context.Context, r VerifyRequest) (api.Identity, error) {
	p := e.env.Policy.Load()
	who, err := e.auth.VerifyHere(ctx, p, r)
	if err != nil {
		return api.Identity{}, err
	}
	e.env.Events.Fire(ctx, p.Hooks.TokenValidated, Event{
		Identity: who.Identity, TokenID: who.Identity.Proof.TokenID, Attempt: p.Shown(p.Cleaned(r.Attempt)),
	})
	return who.Identity, nil
}
