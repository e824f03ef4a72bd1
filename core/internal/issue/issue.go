package issue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/token"
)

// Issue implements core.Tokens.Issue.
func (e *Issuer) Issue(ctx context.Context, r api.IssueRequest) (api.Issued, error) {
	issued, err := e.issue(ctx, r, "", r.Dialect)
	if err == nil && r.Session != "" {
		err = e.NoteAccess(ctx, issued)
	}
	if err != nil {
		return api.Issued{}, err
	}
	return issued, nil
}

// issue is Issue for a given jti; "" is a random one. Hooks run for each of the dialects.
func (e *Issuer) issue(ctx context.Context, r api.IssueRequest, jti, dialects string) (issued api.Issued, err error) {
	defer api.Recover("token format", r.TokenFormat, &err)
	if r.Identity.Subject == "" {
		return api.Issued{}, api.E(api.Invalid, "", "the identity has no subject: a token must name a user")
	}
	if err := loginafter.Exchangeable(&r.Identity); err != nil {
		return api.Issued{}, err
	}
	p := e.Policy.Load()
	format, ok := p.TokenFormat(r.TokenFormat)
	if !ok {
		return api.Issued{}, api.Wrap(api.NotFound, api.ReasonUnknownTokenFormat, fmt.Sprintf("no token format is called %.100q", r.TokenFormat), api.ErrNotFound)
	}
	if format.Verifying != nil {
		return api.Issued{}, api.E(api.Invalid, "", fmt.Sprintf("token format %.100q belongs to another issuer", r.TokenFormat))
	}
	if err := e.Dirs.CheckResident(ctx, p, &r.Identity, r.TokenFormat); err != nil {
		return api.Issued{}, err
	}
	if err := p.CheckIssue(&r.Identity, r.TokenFormat); err != nil {
		return api.Issued{}, err
	}
	given := r.Identity
	r.Identity.Client = cmp.Or(r.Client, r.Identity.Client) // in the token, so that it can be revoked by client
	if r.Identity.Proof.Began == nil {
		r.Identity.Proof.Began = e.Start()
	}
	e.NoteIssue(ctx, p)
	d := draft{e: e, p: p, format: format, r: r, given: &given, id: jti, dialects: loginafter.AsDialects(dialects, format.Name)}
	// 1. lifetime, 2. issuer and key, 3. claims, 4. stamp and sign
	for _, step := range []func(context.Context) error{
		d.checkRevoked, d.setIssuedAt, d.catchUp, d.checkRevoked, d.setTimes, d.setIssuer, d.setKey, d.setClaims, d.checkRevoked,
	} {
		if err := step(ctx); err != nil {
			return api.Issued{}, err
		}
	}
	if issued, err = d.sign(); err != nil {
		return api.Issued{}, fmt.Errorf("issue: %w", err)
	}
	e.Events.Fire(ctx, p.Hooks.TokenIssued, point.Event{Identity: r.Identity, TokenID: issued.ID, Target: issued.Session, Dialect: cmp.Or(r.Dialect, format.Name)})
	return issued, nil
}

// draft is a token that is being built.
type draft struct {
	e      *Issuer
	p      *compiled.Policy
	format *compiled.TokenFormat
	r      api.IssueRequest
	given  *api.Identity // as it came, with the client of its own token

	dialects []string // hooks run for each in this order: a later answer replaces an earlier one

	issuedAt, notBefore, expires time.Time
	issuer, id, session          string
	key                          api.Key
	claims                       api.Claims
	narrowed                     bool // whether the claims give fewer roles or scopes than the user has
}

func (d *draft) setTimes(ctx context.Context) error {
	if err := d.setEnd(ctx); err != nil {
		return err
	}
	var from int64
	for _, dialect := range d.dialects { // the latest time of all dialects
		nbf, err := d.p.Hooks.AuthNotBefore.Apply(ctx, point.NotBefore{
			NotBefore: d.issuedAt, IssuedAt: d.issuedAt, Identity: d.r.Identity, Dialect: dialect,
		})
		if err != nil {
			return d.e.Events.HookError(ctx, err)
		}
		from = max(from, nbf.NotBefore.Unix())
	}
	// In seconds, because times far away do not compare correctly.
	d.notBefore = time.Unix(min(from, d.expires.Unix()), 0)
	return nil
}

// setEnd sets the expiry by the shortest lifetime of all dialects, within the limits of the
// policy.
func (d *draft) setEnd(ctx context.Context) error {
	proposed := cmp.Or(d.r.Lifetime, d.format.Lifetime, d.p.Tokens.AccessTTL)
	shortest := time.Duration(math.MaxInt64)
	for _, dialect := range d.dialects {
		life, err := d.p.Hooks.AuthExpire.Apply(ctx, point.Lifetime{
			Lifetime: proposed, IssuedAt: d.issuedAt, Identity: d.r.Identity, Client: d.r.Client, Dialect: dialect,
		})
		if err != nil {
			return d.e.Events.HookError(ctx, err)
		}
		shortest = min(shortest, life.Lifetime)
	}
	bounded := min(max(shortest.Truncate(time.Second), d.p.Tokens.MinTTL), d.p.Tokens.MaxTTL, d.format.Profile.MaxLifetime)
	d.e.TellBounded(ctx, "access", d.format.Name, shortest, bounded)
	d.expires = d.issuedAt.Add(bounded)
	return nil
}

func (d *draft) setIssuer(ctx context.Context) error {
	if d.format.NoIssuer {
		return nil
	}
	if d.p.Hooks.AuthIssuer.Len() == 0 {
		d.issuer = d.format.Issuer
		return nil
	}
	host, err := route.Host(d.r.Host)
	if err != nil {
		return err
	}
	chosen := point.Issuer{Issuer: d.format.Issuer, Identity: d.r.Identity, Host: host}
	for _, chosen.Dialect = range d.dialects {
		if chosen, err = d.p.Hooks.AuthIssuer.ApplyJudged(ctx, chosen, d.judgeIssuer); err != nil {
			return d.e.Events.HookError(ctx, err)
		}
	}
	d.issuer = chosen.Issuer
	return nil
}

func (d *draft) setKey(ctx context.Context) (err error) {
	keys := d.signing()
	if d.key = keys[0]; d.p.Hooks.AuthAlgorithm.Len() == 0 {
		return nil
	}
	chosen := point.Algorithm{Algorithm: d.key.Algorithm, Identity: d.r.Identity, Client: d.r.Client}
	for _, chosen.Dialect = range d.dialects {
		if chosen, err = d.p.Hooks.AuthAlgorithm.ApplyJudged(ctx, chosen, algorithmJudge(keys).accept); err != nil {
			return d.e.Events.HookError(ctx, err)
		}
	}
	d.key = keys[indexAlgorithm(keys, chosen.Algorithm)]
	return nil
}

func (d *draft) setClaims(ctx context.Context) error {
	var err error
	if d.id == "" {
		if d.id, err = d.e.RandomID(); err != nil {
			return err
		}
	}
	d.session = d.r.Session
	if d.session == "" {
		if d.session, err = d.e.RandomID(); err != nil {
			return err
		}
	}
	base := d.base()
	if err := d.keepsNarrow(ctx, base); err != nil {
		return err
	}
	changed := base
	if d.p.Hooks.TokenClaims.Len() > 0 {
		if changed, err = d.filter(ctx, base); err != nil {
			return err
		}
	}
	d.narrowed = d.isNarrowed(base, changed)
	d.claims = d.stamp(changed)
	return nil
}

// filter returns the claims as the hooks change them.
func (d *draft) filter(ctx context.Context, base api.Claims) (api.Claims, error) {
	var err error
	changed := point.TokenClaims{Claims: base.Noting(), Identity: d.r.Identity, Client: d.r.Client}
	reading := point.WithClaimsReader(ctx, d.format.Read)
	for _, changed.Dialect = range d.dialects {
		if changed, err = d.p.Hooks.TokenClaims.ApplyJudged(reading, changed, claimsJudge{d, base}.accept); err != nil {
			return api.Claims{}, d.e.Events.HookError(ctx, err)
		}
	}
	return changed.Claims, nil
}

// base returns the claims before hooks, in the token format's order, followed by those of
// the user.
func (d *draft) base() api.Claims {
	var own api.Claims
	switch {
	case d.format.Compose != nil:
		own = d.format.Compose(d.r, d.id)
	case d.format.Base != nil:
		own = d.format.Base(d.r.Identity)
	}
	list := make([]api.Claim, 0, len(d.format.Order))
	for _, name := range d.format.Order {
		value, ok := d.registered(name)
		if !ok {
			value, ok = own.Get(name)
		}
		if ok {
			list = append(list, api.Claim{Name: name, Value: value})
		}
	}
	// Only the claims of the requested site: others may be for other applications.
	further := d.p.Sites.UserClaims(cmp.Or(d.r.Dialect, d.format.Name), d.format.Name)
	return api.ParsedClaims(append(list, further.Of(&d.r.Identity)...))
}

// registered returns the engine's value of one of the stamped claims.
func (d *draft) registered(name string) (any, bool) {
	switch name {
	case "iss":
		return d.issuer, true
	case "sub":
		if number := d.r.Identity.Number; number != 0 && d.format.Profile.NumberSubject {
			return number, true
		}
		return d.r.Identity.Subject, true
	case "aud":
		return audience(d.format.Audience), len(d.format.Audience) > 0
	case "iat":
		return d.issuedAt.Unix(), true
	case "nbf":
		return d.notBefore.Unix(), true
	case "exp":
		return d.expires.Unix(), true
	case "jti":
		return d.id, true
	case "sid":
		return d.session, true
	case "gen":
		return d.r.Identity.Gen, true
	}
	return nil, false
}

// audience encodes a single aud as a string and several as a list (RFC 7519 section 4.1.3).
func audience(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	return policy.AnyList(list)
}

// stamp replaces the stamped claims by the engine's values, in the token format's order, followed
// by the other claims in the order of the hooks.
func (d *draft) stamp(c api.Claims) api.Claims {
	list := make([]api.Claim, 0, c.Len()+len(policy.Stamped))
	for _, name := range d.format.Order {
		value, ok := d.registered(name)
		if !isStamped(name) {
			value, ok = c.Get(name)
		}
		if ok {
			list = append(list, api.Claim{Name: name, Value: value})
		}
	}
	for name, value := range c.All {
		if !slices.Contains(d.format.Order, name) && !isStamped(name) {
			list = append(list, api.Claim{Name: name, Value: value})
		}
	}
	return api.ParsedClaims(list)
}

// isStamped reports whether a claim is set by the engine, or could be confused with one by
// a parser that ignores case.
func isStamped(name string) bool {
	return slices.ContainsFunc(policy.Stamped[:], func(s string) bool { return strings.EqualFold(s, name) })
}

// unforged returns an error if hooks changed the user or client that the claims stand for,
// or what the token is bound to, by claims that are not stamped.
func (d *draft) unforged(base, claims api.Claims) error {
	was, _, unreadable := d.format.Read(base)
	is, _, err := d.format.Read(claims)
	switch {
	case unreadable != nil && err != nil:
		return nil // they name no user before or after
	case unreadable != nil:
		was = d.r.Identity
		was.Client = cmp.Or(d.r.Client, was.Client)
	case err != nil:
		return fmt.Errorf("the claims then identify no user: %v", err) // %v: a fault, not a refusal
	}
	// A missing value is looked up again when the token is used.
	if is.Subject != was.Subject || is.Number != was.Number && is.Number != 0 || is.Login != was.Login && is.Login != "" {
		return errors.New("it changes the user that the claims identify")
	}
	if is.Client != was.Client {
		return errors.New("it changes the client that the claims identify")
	}
	if bound := d.format.Bound; bound != nil && bound(claims) != bound(base) {
		return errors.New("it changes what the token is tied to")
	}
	return nil
}

func (d *draft) sign() (api.Issued, error) {
	var opts []token.Option
	if d.format.EscapeSlashes {
		opts = append(opts, token.EscapeSlashes())
	}
	text, err := token.Sign(d.head(), d.claims, d.key, opts...)
	if err != nil {
		return api.Issued{}, err
	}
	return api.Issued{
		Text: api.Secret(text), ID: d.id, Session: d.session,
		IssuedAt: d.issuedAt, ExpiresAt: d.expires, Claims: d.claims,
	}, nil
}

// head returns the token format's header members with the key's kid filled in, and marks a
// narrowed token.
func (d *draft) head() []api.Claim {
	if d.narrowed {
		return append(slices.Clip(d.namedHead()), api.Claim{Name: token.Narrowed, Value: true})
	}
	return d.namedHead()
}

func (d *draft) namedHead() []api.Claim {
	i := slices.IndexFunc(d.format.Head, func(m api.Claim) bool { return m.Name == "kid" })
	if i < 0 {
		return d.format.Head
	}
	head := slices.Clone(d.format.Head)
	if d.key.ID == "" {
		return slices.Delete(head, i, i+1)
	}
	head[i].Value = d.key.ID
	return head
}

// A revocation by time affects everything issued until that time. Tokens have a resolution
// of one second, so one issued in the same second is treated as older, and nothing is
// issued until that second is over.

// setIssuedAt sets the time of issue. If everything of the user or client was revoked in
// this second, it waits for the end of the second.
func (d *draft) setIssuedAt(ctx context.Context) error {
	noGen := !slices.Contains(d.format.Order, "gen")
	hit := func(at time.Time) bool { return d.e.Index.HitsIssued(&d.r.Identity, at, noGen) }
	second := d.e.Now().Truncate(time.Second)
	if next := second.Add(time.Second); hit(second) && !hit(next) {
		if err := d.e.WaitUntil(ctx, next); err != nil {
			return err
		}
	}
	d.issuedAt = d.e.Now().Truncate(time.Second)
	return nil
}

// catchUp reads the revocation log if the token shows a later second than that in which its
// login began, or is issued for another token. Otherwise a revocation that another node made
// in between affects the token anyway, whenever it arrives here.
func (d *draft) catchUp(ctx context.Context) error {
	if proof := &d.r.Identity.Proof; proof.TokenID != "" || d.issuedAt.After(proof.Began.At) {
		d.e.Obey(ctx)
	}
	return nil
}

// checkRevoked refuses a user all of whose tokens were revoked after the login began, for
// example by a new password while the old one was being checked. A token issued now would
// not be affected by that revocation: its time is later, and not every format has a
// generation. checkRevoked also refuses if the exchanged token or the session was revoked,
// or if the user's number became free: it may be another user's by now.
func (d *draft) checkRevoked(context.Context) error {
	id, x := &d.r.Identity, d.e.Index
	proof := &id.Proof
	if !proof.NoGen && x.IsOutdated(id) || x.RevokedSince(id, proof.Began) ||
		proof.TokenID != "" && isRevoked(x, d.given) ||
		d.r.Session != "" && x.IsSessionRevoked(d.r.Session) || d.e.IsNumberFree(id.Number, proof.Began) {
		return api.E(api.Unauthenticated, api.ReasonTokenRevoked, "the user's tokens were revoked in the meantime: log in again")
	}
	return nil
}

func isRevoked(x *session.Index, id *api.Identity) bool {
	_, revoked := x.Revoked(id)
	return revoked
}
