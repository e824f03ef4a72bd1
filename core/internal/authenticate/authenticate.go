package authenticate

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/internal/login"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
)

// Authenticate authenticates a request. The credential is expected in header unless a hook
// says otherwise. The entry is shared: do not change it.
func (e *Authenticator) Authenticate(ctx context.Context, p *compiled.Policy, at *compiled.Target, header *route.HeaderSpec, a *api.Attempt) (*cache.Entry, error) {
	spec, err := e.CredentialSpec(ctx, p, at, header, a)
	if err != nil {
		return nil, err
	}
	found, err := Extract(p, spec, a)
	if err != nil {
		a.Credential.Header = spec.Header
		return nil, err
	}
	a.Credential = found
	if found.Kind == api.NoCredential {
		a.Credential.Header = spec.Header
	} else if p.Accept != nil && !p.Accept(a) {
		return nil, compiled.NotAccepted()
	}
	if a.Directory, err = p.DirectoryAt(a.Credential.Kind, at); err != nil {
		return nil, err
	}
	known, err := e.ask(ctx, p, at, a)
	if err != nil {
		return nil, err
	}
	return e.judge(ctx, p, known, at, a)
}

// judge makes the checks that apply to every use of a known credential, on a request as
// well as when an endpoint verifies a token. at is nil for a token that is not used at a
// particular place; a may then be nil as well.
func (e *Authenticator) judge(ctx context.Context, p *compiled.Policy, known *cache.Entry, at *compiled.Target, a *api.Attempt) (*cache.Entry, error) {
	if err := p.CheckPlace(known.Method, &known.Identity, at); err != nil {
		return nil, err
	}
	if err := e.Fresh(ctx, p); err != nil {
		return nil, err
	}
	if p.WhenStale == policy.StaleIntrospect { // the log may have been read in the meantime
		if err := e.alive(p, known, e.Now()); err != nil {
			return nil, err
		}
	}
	if err := e.countCall(ctx, p, &known.Identity, at.RuleName()); err != nil {
		return nil, err
	}
	if err := e.verifier.CheckToken(ctx, p, &known.Identity, at, a); err != nil {
		return nil, err
	}
	who, err := e.Resolve(ctx, p, known, at, a)
	if err != nil {
		return nil, err
	}
	return who, p.CheckMethod(known.Method, &who.Identity, kindOf(a), at)
}

// kindOf returns the kind of an attempt's credential; without an attempt it is a token.
func kindOf(a *api.Attempt) api.Kind {
	if a == nil {
		return api.Bearer
	}
	return a.Credential.Kind
}

// Resolve runs identity-resolved. A role that may not use the method is refused even if a
// hook removes it, and the restriction of an API key applies whatever a hook adds.
func (e *Authenticator) Resolve(ctx context.Context, p *compiled.Policy, known *cache.Entry, at *compiled.Target, a *api.Attempt) (*cache.Entry, error) {
	if err := mightUse(p, known, kindOf(a), at); err != nil {
		return nil, err
	}
	if p.Hooks.IdentityResolved.Len() == 0 {
		return known, nil
	}
	if err := p.CheckMethod(known.Method, &known.Identity, kindOf(a), at); err != nil {
		return nil, err
	}
	id, err := e.askResolved(ctx, p, known.Identity, at, a)
	if err != nil {
		return nil, err
	}
	return &cache.Entry{
		Identity: id, Headers: identityHeaders(&id), Method: known.Method, Origin: known.Origin, User: known.User,
	}, nil
}

// askResolved runs the hooks for each way of reading the request and returns the identity
// with only the roles and scopes that all of them leave.
func (e *Authenticator) askResolved(ctx context.Context, p *compiled.Policy, id api.Identity, at *compiled.Target, a *api.Attempt) (api.Identity, error) {
	out, first := id, true
	for seen := range at.Views(a) {
		r, err := p.Hooks.IdentityResolved.ApplyJudged(ctx, point.Resolved{Identity: id, Attempt: seen}, judge.Resolved)
		if err != nil {
			return id, e.Events.HookError(ctx, err)
		}
		if !first {
			r.Identity.Roles, r.Identity.Scopes = narrow.Common(out.Roles, r.Identity.Roles), narrow.Common(out.Scopes, r.Identity.Scopes)
		}
		out, first = r.Identity, false
	}
	return loginafter.Restricted(loginafter.Restrict(id, out)), nil
}

// CredentialSpec returns where the credential is expected, after custom-header.
func (e *Authenticator) CredentialSpec(ctx context.Context, p *compiled.Policy, at *compiled.Target, h *route.HeaderSpec, a *api.Attempt) (credential.Spec, error) {
	chosen, err := e.CustomHeader(ctx, p, at, *h, a)
	return credential.Spec{
		Header: chosen.Name, Prefix: chosen.Prefix, RefuseStandard: chosen.RefuseStandard,
		NoAuthorization: at != nil && at.Rule != nil && at.Rule.PassAuthorization,
	}, err
}

// CustomHeader runs custom-header, which must choose the same header for every way of
// reading the request.
func (e *Authenticator) CustomHeader(ctx context.Context, p *compiled.Policy, at *compiled.Target, h route.HeaderSpec, a *api.Attempt) (route.HeaderSpec, error) {
	if p.Hooks.CustomHeader.Len() == 0 {
		return h, nil
	}
	return e.askCustomHeader(ctx, p, at, h, a)
}

func (e *Authenticator) askCustomHeader(ctx context.Context, p *compiled.Policy, at *compiled.Target, h route.HeaderSpec, a *api.Attempt) (route.HeaderSpec, error) {
	out, first, rule := h, true, at.RuleName()
	for seen := range at.Views(a) {
		chosen, err := e.chooseHeader(ctx, p, rule, h, seen)
		if err != nil {
			return route.HeaderSpec{}, err
		}
		if !first && chosen != out {
			return route.HeaderSpec{}, compiled.TwoHeaders()
		}
		out, first = chosen, false
	}
	return out, nil
}

func (e *Authenticator) chooseHeader(ctx context.Context, p *compiled.Policy, rule string, h route.HeaderSpec, a *api.Attempt) (route.HeaderSpec, error) {
	chosen, err := p.Hooks.CustomHeader.ApplyJudged(ctx, point.CredentialHeader{
		Name: h.Name, Prefix: h.Prefix, RefuseStandard: h.RefuseStandard, Attempt: a, Rule: rule,
	}, p.JudgeCredentialHeader)
	if err == nil {
		h, err = route.HeaderSpec{Name: chosen.Name, Prefix: chosen.Prefix, RefuseStandard: chosen.RefuseStandard}.Check()
	}
	if err != nil {
		return route.HeaderSpec{}, e.Events.HookError(ctx, err)
	}
	return h, nil
}

// ask tries the methods for the kind of the credential in order.
func (e *Authenticator) ask(ctx context.Context, p *compiled.Policy, at *compiled.Target, a *api.Attempt) (*cache.Entry, error) {
	for _, m := range p.Chain[a.Credential.Kind] {
		if !at.Within(m.Places) {
			continue // not tried: the answer would reveal whether it is right
		}
		known, err := e.askOne(ctx, p, m, at, a)
		if err == nil || !errors.Is(err, api.ErrNotMine) {
			return known, err
		}
	}
	if a.Credential.Kind == api.NoCredential {
		return nil, api.E(api.Unauthenticated, api.ReasonNoCredential, "credentials are needed")
	}
	return nil, compiled.NotAccepted()
}

// askOne looks in the cache, then asks the method.
func (e *Authenticator) askOne(ctx context.Context, p *compiled.Policy, m *compiled.Method, at *compiled.Target, a *api.Attempt) (*cache.Entry, error) {
	asked, err := p.AskedDirectory(a.Credential.Kind, at)
	if err != nil {
		return nil, err
	}
	if !m.Cached(a.Credential.Kind) {
		known, _, err := e.AskMethod(ctx, p, m, asked, at, a)
		return known, err
	}
	k := e.cacheKey(p, asked, at, a)
	if hit := e.cache.Get(k); hit != nil && hit.Method == m {
		if now := e.Now(); e.current(hit, now) {
			return hit, e.alive(p, hit, now)
		}
		e.cache.Forget(k)
	}
	// Read before the method runs, so that a concurrent change is not missed.
	keys, generation := e.Keys.Generation(), e.Index.Generation()
	known, reusable, err := e.AskMethod(ctx, p, m, asked, at, a)
	if err != nil {
		return nil, err
	}
	// A newer version may be a change that the method did not see yet.
	if version := e.Version(known); reusable && version <= generation {
		known.Key, known.Keys, known.User = k, keys, version
		e.cache.Put(known)
	}
	return known, nil
}

// Version returns the version of the newest change to the users of an entry.
func (e *Authenticator) Version(x *cache.Entry) uint64 {
	version := e.Index.UserVersion(x.Identity.Subject)
	if x.Origin != nil {
		version = max(version, e.Index.UserVersion(x.Origin.Subject))
	}
	return version
}

// AskMethod asks the method and builds a cache entry for the result. reusable reports
// whether the entry may be cached: the cache key must cover everything that the result
// depends on.
func (e *Authenticator) AskMethod(ctx context.Context, p *compiled.Policy, m *compiled.Method, asked string, at *compiled.Target, a *api.Attempt) (known *cache.Entry, reusable bool, err error) {
	start, q := e.Now(), &login.Question{Method: m, Attempt: a, At: *at}
	id, err := m.Identify(context.WithValue(ctx, login.QuestionKey{}, q), a)
	if err != nil {
		return nil, false, err
	}
	if !api.FitsHeader(id.Login) {
		return nil, false, api.E(api.Denied, api.ReasonBadCredential, "this user name cannot be passed on")
	}
	id.Roles, id.Scopes = slices.Clip(id.Roles), slices.Clip(id.Scopes)
	if err := e.live(p, &id, e.Now()); err != nil {
		return nil, false, err
	}
	if err := e.Dirs.NoteSuperAdmin(ctx, p, m, &id); err != nil {
		return nil, false, err
	}
	if err := p.CheckKept(&id); err != nil {
		return nil, false, err
	}
	x := &cache.Entry{Method: m, Identity: id, Before: q.Before, Until: start.Add(m.CacheFor)}
	if q.LoggedIn && p.Hooks.LoginBefore.Len()+p.Hooks.LoginAfter.Len() > 0 {
		x.Until = earlier(x.Until, start.Add(hookedCacheFor))
	}
	if p.ReadAnew(&id) {
		if err := e.judgeAnew(ctx, p, x, a, p.Sites.DialectsFor(id.Proof.TokenFormat, at)); err != nil {
			return nil, false, err
		}
	}
	if err := e.place(ctx, p, x, asked, at, a); err != nil {
		return nil, false, err
	}
	if err := e.checkHome(ctx, p, x, q); err != nil {
		return nil, false, err
	}
	x.Headers = identityHeaders(&x.Identity)
	if p.External(&id) {
		x.Until = earlier(x.Until, start.Add(ExternalCacheFor))
	}
	if end := p.End(&id); !end.IsZero() {
		x.Until = earlier(x.Until, end)
	}
	// Where a password is valid depends on the directory, which is part of the cache key
	// only for Basic.
	return x, !q.LoggedIn || a.Credential.Kind == api.Basic, nil
}

// ExternalCacheFor is how long the result for an external issuer's token is cached. If the
// issuer withdraws a key, this is noticed only when its keys are fetched again.
const ExternalCacheFor = time.Minute

// hookedCacheFor is how long the result of login hooks is cached. Hooks may depend on the
// time or on their own state, whose changes the engine does not see.
const hookedCacheFor = time.Minute

// judgeAnew runs login-after for a new entry whose roles were read again.
func (e *Authenticator) judgeAnew(ctx context.Context, p *compiled.Policy, x *cache.Entry, a *api.Attempt, dialects string) error {
	if p.Hooks.LoginAfter.Len() == 0 {
		return nil
	}
	id, err := e.after.Again(ctx, p, x.Identity, a, dialects)
	if err != nil {
		return err
	}
	if x.Before == nil {
		x.Before = loginafter.Taken(x.Identity.Roles, id.Roles)
	}
	x.Identity, x.Until = id, earlier(x.Until, e.Now().Add(hookedCacheFor))
	return nil
}

// place sets the directory of the identity in a new entry, if a rule may need it. In a
// network it translates the identity to the site that was asked.
func (e *Authenticator) place(ctx context.Context, p *compiled.Policy, x *cache.Entry, asked string, at *compiled.Target, a *api.Attempt) error {
	if !p.WantsDirectory {
		return nil
	}
	if err := e.Dirs.ResolveDirectory(ctx, p, &x.Identity); err != nil {
		return err
	}
	there, all, err := e.Dirs.Translate(ctx, x.Identity, asked)
	if err != nil || there.Subject == x.Identity.Subject {
		return err
	}
	origin := x.Identity
	if x.Before != nil {
		origin.Roles = x.Before
	}
	x.Origin, x.Identity, x.Before = &origin, there, nil
	if there.Proof.APIKey == "" { // a key is not a login, and its roles replace the user's
		x.Before = loginafter.Taken(all, there.Roles)
		if err := e.judgeAnew(ctx, p, x, a, p.Sites.DialectsAt(at)); err != nil {
			return err
		}
	}
	return e.live(p, &x.Identity, e.Now())
}

// checkHome refuses a login at a site to a user of a directory other than the site's. A
// user without a directory is left to the rules. A bearer token or an API key that a method
// verified by itself is not a login, unless the method asked for one.
func (e *Authenticator) checkHome(ctx context.Context, p *compiled.Policy, x *cache.Entry, q *login.Question) error {
	id, kind := x.Identity, q.Attempt.Credential.Kind
	given := id.Proof.TokenID != "" || id.Proof.APIKey != "" || kind == api.Bearer || kind == api.APIKeyKind
	if x.Origin != nil || given && !q.LoggedIn {
		return nil
	}
	home, err := p.DirectoryAt(api.Basic, &q.At)
	if err != nil || home == "" {
		return err
	}
	if err := e.Dirs.ResolveDirectory(ctx, p, &id); err != nil || id.Directory == "" {
		return err
	}
	return directory.Belongs(&id, home)
}

// current reports whether an entry is still valid: neither the keys nor its users have
// changed, and it has not expired.
func (e *Authenticator) current(x *cache.Entry, now time.Time) bool {
	return x.Keys == e.Keys.Generation() &&
		x.User == e.Version(x) &&
		now.Before(x.Until)
}

// alive is live for all identities of an entry.
func (e *Authenticator) alive(p *compiled.Policy, x *cache.Entry, now time.Time) error {
	if x.Origin != nil {
		if err := e.live(p, x.Origin, now); err != nil {
			return err
		}
	}
	return e.live(p, &x.Identity, now)
}

// live checks expiry and revocation, which may change between two uses of a credential. It
// uses memory only.
func (e *Authenticator) live(p *compiled.Policy, id *api.Identity, now time.Time) error {
	if end := p.End(id); !end.IsZero() && !now.Before(end) {
		return api.E(api.Unauthenticated, api.ReasonTokenExpired, "the credential has expired")
	}
	if _, revoked := e.Index.Revoked(id); revoked {
		return api.E(api.Unauthenticated, api.ReasonTokenRevoked, "the credential has been revoked")
	}
	return nil
}

// countCall records the use of an API key and enforces its rate limit, which rate-limit may
// change.
func (e *Authenticator) countCall(ctx context.Context, p *compiled.Policy, id *api.Identity, rule string) error {
	if id.Proof.APIKey == "" {
		return nil
	}
	e.Uses.Note(id.Proof.APIKey, e.Now())
	limit := id.Proof.RateLimit
	if p.Hooks.RateLimit.Len() > 0 {
		l, err := p.Hooks.RateLimit.ApplyJudged(ctx, point.RateLimit{
			Kind: "api_key", Key: id.Proof.APIKey, Route: rule, Limit: int64(limit), Window: time.Minute,
		}, judge.RateLimit)
		if err != nil {
			return e.Events.HookError(ctx, err)
		}
		limit = perMinute(l)
	}
	if q := e.calls.Take(id.Proof.APIKey, limit); !q.OK {
		return &api.Error{
			Code: api.Throttled, Reason: api.ReasonTooMany, Public: "too many calls with this API key: wait a little", RetryAfter: q.RetryAfter,
		}
	}
	return nil
}

// perMinute converts a hook's limit to calls per minute, at least one. Window is not zero:
// judge.RateLimit has checked it.
func perMinute(l point.RateLimit) int {
	if l.Limit <= 0 {
		return 0
	}
	return int(max(1, min(float64(1<<30), float64(l.Limit)*float64(time.Minute)/float64(l.Window))))
}

// Here is Authenticate for a request to one of our own endpoints.
func (e *Authenticator) Here(ctx context.Context, p *compiled.Policy, a *api.Attempt) (known *cache.Entry, err error) {
	defer api.Recover("authentication", "", &err)
	at, err := compiled.TargetOf(a)
	if err != nil {
		return nil, err
	}
	at.Read = p.ReadingOf(at.Host, a)
	if known, err = e.Authenticate(ctx, p, at, &route.HeaderSpec{}, a); err != nil {
		return nil, err
	}
	return known, e.checkResidence(ctx, p, known.Identity, p.Residence(at, a, &known.Identity))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// cacheKey returns the cache key of a request's credential. If login hooks apply, it
// includes what they are shown, since another request could get another result.
func (e *Authenticator) cacheKey(p *compiled.Policy, directory string, at *compiled.Target, a *api.Attempt) cache.Key {
	kind := a.Credential.Kind
	if !p.AsksLoginHooks(kind) {
		return e.cache.Key(&a.Credential, directory)
	}
	seen := cache.CircumstancesAt(p, at, a)
	if kind == api.Bearer {
		seen.OfTokens = p.Sites.TokenDialectsAt(at)
	}
	return e.cache.KeyAt(&a.Credential, directory, &seen)
}

func identityHeaders(id *api.Identity) api.Header {
	values := &[...]string{id.Login, joinRoles(id.Roles), id.Method} // one allocation for all
	return api.Header{api.HeaderUser: values[0:1:1], api.HeaderRoles: values[1:2:2], api.HeaderMethod: values[2:3:3]}
}

// joinRoles joins roles for the header. It omits those that the upstream would read as
// another role or as several; cleaning them up instead could produce the name of a more
// powerful role.
func joinRoles(roles []string) string {
	fits := func(role string) bool { return role != "" && api.FitsHeader(role) && !strings.Contains(role, ",") }
	if slices.ContainsFunc(roles, func(role string) bool { return !fits(role) }) {
		roles = slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return !fits(role) })
	}
	return strings.Join(roles, ",")
}
