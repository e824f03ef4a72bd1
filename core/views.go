package core

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
)

// The keyed views of the hook points' values: what plugins and expressions
// read and write at each point.

func loginAttemptView() hooks.Viewer[LoginAttempt] {
	return newTable[LoginAttempt](
		text("login", func(v *LoginAttempt) string { return v.Login }),
		text("method", func(v *LoginAttempt) string { return v.Method }),
		text("dialect", func(v *LoginAttempt) string { return v.Dialect }),
		text("host", func(v *LoginAttempt) string { return v.Host }),
		peer(func(v *LoginAttempt) *api.Peer { return &v.Peer }),
		texts("answer.", func(v *LoginAttempt) map[string]string { return v.Answers }),
		field[LoginAttempt]{
			key: "challenge",
			get: func(v *LoginAttempt) (hooks.Value, bool) {
				if v.Challenge == nil {
					return hooks.Value{}, false
				}
				return hooks.String(v.Challenge.Kind), true
			},
			set: func(v *LoginAttempt, kind hooks.Value) error {
				v.Challenge = challenge(v).withKind(kind.Text())
				return nil
			},
		},
		field[LoginAttempt]{
			key: "challenge_text",
			get: func(v *LoginAttempt) (hooks.Value, bool) {
				if v.Challenge == nil {
					return hooks.Value{}, false
				}
				return hooks.String(v.Challenge.Public), true
			},
			set: func(v *LoginAttempt, text hooks.Value) error {
				v.Challenge = challenge(v).withPublic(text.Text())
				return nil
			},
		},
	)
}

func challenge(v *LoginAttempt) Challenge {
	if v.Challenge == nil {
		return Challenge{}
	}
	return *v.Challenge
}

func (c Challenge) withKind(kind string) *Challenge { c.Kind = kind; return &c }

func (c Challenge) withPublic(text string) *Challenge { c.Public = text; return &c }

func loginResultView() hooks.Viewer[LoginResult] {
	return newTable[LoginResult](
		user(func(v *LoginResult) *api.Identity { return &v.Identity }, true),
		text("method", func(v *LoginResult) string { return v.Method }),
		text("dialect", func(v *LoginResult) string { return v.Dialect }),
		peer(func(v *LoginResult) *api.Peer { return &v.Peer }),
	).guarded(func(_ context.Context, before, after *LoginResult) error {
		return narrower(&before.Identity, &after.Identity)
	})
}

func lifetimeView() hooks.Viewer[Lifetime] {
	return newTable[Lifetime](
		number("iat", func(v *Lifetime) int64 { return v.IssuedAt.Unix() }),
		numberVar("lifetime",
			func(v *Lifetime) int64 { return seconds(v.Lifetime) },
			func(v *Lifetime, n int64) { v.Lifetime = lifetime(n) }),
		numberVar("exp",
			func(v *Lifetime) int64 { return v.IssuedAt.Unix() + seconds(v.Lifetime) },
			func(v *Lifetime, n int64) { v.Lifetime = lifetime(max(n, 0) - v.IssuedAt.Unix()) }),
		user(func(v *Lifetime) *api.Identity { return &v.Identity }, false),
		text("client", func(v *Lifetime) string { return v.Client }),
		text("dialect", func(v *Lifetime) string { return v.Dialect }),
	)
}

// lifetime turns seconds from a plugin into a duration that cannot overflow;
// the engine's bounds come after it.
func lifetime(n int64) time.Duration {
	const century = 100 * 366 * 24 * 3600
	return time.Duration(max(-century, min(century, n))) * time.Second
}

func notBeforeView() hooks.Viewer[NotBefore] {
	return newTable[NotBefore](
		number("iat", func(v *NotBefore) int64 { return v.IssuedAt.Unix() }),
		numberVar("nbf",
			func(v *NotBefore) int64 { return v.NotBefore.Unix() },
			func(v *NotBefore, n int64) { v.NotBefore = time.Unix(n, 0) }),
		user(func(v *NotBefore) *api.Identity { return &v.Identity }, false),
		text("dialect", func(v *NotBefore) string { return v.Dialect }),
	)
}

func issuerView() hooks.Viewer[Issuer] {
	return newTable[Issuer](
		textVar("iss", func(v *Issuer) *string { return &v.Issuer }),
		user(func(v *Issuer) *api.Identity { return &v.Identity }, false),
		text("host", func(v *Issuer) string { return v.Host }),
		text("dialect", func(v *Issuer) string { return v.Dialect }),
	)
}

func algorithmView() hooks.Viewer[Algorithm] {
	return newTable[Algorithm](
		textVar("alg", func(v *Algorithm) *string { return &v.Algorithm }),
		user(func(v *Algorithm) *api.Identity { return &v.Identity }, false),
		text("client", func(v *Algorithm) string { return v.Client }),
		text("dialect", func(v *Algorithm) string { return v.Dialect }),
	)
}

func tokenClaimsView() hooks.Viewer[TokenClaims] {
	return newTable[TokenClaims](
		claimsVar("claim.", func(v *TokenClaims) *api.Claims { return &v.Claims }),
		user(func(v *TokenClaims) *api.Identity { return &v.Identity }, false),
		text("client", func(v *TokenClaims) string { return v.Client }),
		text("dialect", func(v *TokenClaims) string { return v.Dialect }),
	).guarded(narrowerClaims)
}

func tokenResponseView() hooks.Viewer[TokenResponse] {
	return newTable[TokenResponse](
		claimsVar("response.", func(v *TokenResponse) *api.Claims { return &v.Fields }),
		user(func(v *TokenResponse) *api.Identity { return &v.Identity }, false),
		text("dialect", func(v *TokenResponse) string { return v.Dialect }),
	)
}

func tokenCheckView() hooks.Viewer[TokenCheck] {
	return newTable[TokenCheck](
		claims("claim.", func(v *TokenCheck) *api.Claims { return &v.Claims }),
		text("kid", func(v *TokenCheck) string { return v.KeyID }),
		user(func(v *TokenCheck) *api.Identity { return &v.Identity }, false),
		request(func(v *TokenCheck) *api.Attempt { return v.Attempt }),
	)
}

func resolvedView() hooks.Viewer[Resolved] {
	return newTable[Resolved](
		user(func(v *Resolved) *api.Identity { return &v.Identity }, true),
		text("method", func(v *Resolved) string { return v.Identity.Method }),
		request(func(v *Resolved) *api.Attempt { return v.Attempt }),
	).guarded(func(_ context.Context, before, after *Resolved) error {
		return narrower(&before.Identity, &after.Identity)
	})
}

func credentialHeaderView() hooks.Viewer[CredentialHeader] {
	return newTable[CredentialHeader](
		textVar("name", func(v *CredentialHeader) *string { return &v.Name }),
		textVar("prefix", func(v *CredentialHeader) *string { return &v.Prefix }),
		boolVar("refuse_standard", func(v *CredentialHeader) *bool { return &v.RefuseStandard }),
		text("rule.name", func(v *CredentialHeader) string { return v.Rule }),
		request(func(v *CredentialHeader) *api.Attempt { return v.Attempt }),
	)
}

func exclusionView() hooks.Viewer[Exclusion] {
	return newTable[Exclusion](
		boolVar("public", func(v *Exclusion) *bool { return &v.Public }),
		text("rule.name", func(v *Exclusion) string { return v.Rule }),
		request(func(v *Exclusion) *api.Attempt { return v.Attempt }),
	)
}

func accessView() hooks.Viewer[Access] {
	return newTable[Access](
		user(func(v *Access) *api.Identity { return &v.Identity }, false),
		text("rule.name", func(v *Access) string { return v.Rule }),
		request(func(v *Access) *api.Attempt { return v.Attempt }),
	)
}

func upstreamHeadersView() hooks.Viewer[UpstreamHeaders] {
	return newTable[UpstreamHeaders](
		headersVar(func(v *UpstreamHeaders) *api.Header { return &v.Headers }),
		user(func(v *UpstreamHeaders) *api.Identity { return &v.Identity }, false),
		text("upstream", func(v *UpstreamHeaders) string { return v.Upstream }),
	)
}

func errorResponseView() hooks.Viewer[ErrorResponse] {
	return newTable[ErrorResponse](
		numberVar("status",
			func(v *ErrorResponse) int64 { return int64(v.Status) },
			func(v *ErrorResponse, n int64) { v.Status = int(max(0, min(999, n))) }),
		textVar("code", func(v *ErrorResponse) *string { return &v.Code }),
		textVar("message", func(v *ErrorResponse) *string { return &v.Message }),
		text("reason", func(v *ErrorResponse) string { return v.Reason }),
		text("dialect", func(v *ErrorResponse) string { return v.Dialect }),
		claimsVar("body.", func(v *ErrorResponse) *api.Claims { return &v.Fields }),
		headersVar(func(v *ErrorResponse) *api.Header { return &v.Headers }),
		request(func(v *ErrorResponse) *api.Attempt { return v.Attempt }),
	)
}

func corsHeadersView() hooks.Viewer[CORSHeaders] {
	return newTable[CORSHeaders](
		text("origin", func(v *CORSHeaders) string { return v.Origin }),
		textVar("allow", func(v *CORSHeaders) *string { return &v.Allow }),
		textVar("headers", func(v *CORSHeaders) *string { return &v.Headers }),
		textVar("methods", func(v *CORSHeaders) *string { return &v.Methods }),
		request(func(v *CORSHeaders) *api.Attempt { return v.Attempt }),
	)
}

func rateLimitView() hooks.Viewer[RateLimit] {
	return newTable[RateLimit](
		text("kind", func(v *RateLimit) string { return v.Kind }),
		text("key", func(v *RateLimit) string { return v.Key }),
		text("route", func(v *RateLimit) string { return v.Route }),
		numberVar("limit",
			func(v *RateLimit) int64 { return v.Limit },
			func(v *RateLimit, n int64) { v.Limit = n }),
		numberVar("window",
			func(v *RateLimit) int64 { return seconds(v.Window) },
			func(v *RateLimit, n int64) { v.Window = lifetime(n) }),
	)
}

func refreshAttemptView() hooks.Viewer[RefreshAttempt] {
	return newTable[RefreshAttempt](
		text("session", func(v *RefreshAttempt) string { return v.Session }),
		user(func(v *RefreshAttempt) *api.Identity { return &v.Identity }, false),
		text("client", func(v *RefreshAttempt) string { return v.Client }),
		peer(func(v *RefreshAttempt) *api.Peer { return &v.Peer }),
		text("dialect", func(v *RefreshAttempt) string { return v.Dialect }),
	)
}

func sessionLimitView() hooks.Viewer[SessionLimit] {
	return newTable[SessionLimit](
		user(func(v *SessionLimit) *api.Identity { return &v.Identity }, false),
		readOnly(listVar("live", func(v *SessionLimit) *[]string { return &v.Live })),
		listVar("end", func(v *SessionLimit) *[]string { return &v.End }),
	)
}

func eventView() hooks.Viewer[Event] {
	return newTable[Event](
		number("at", func(v *Event) int64 { return v.At.Unix() }),
		text("actor", func(v *Event) string { return v.Actor }),
		text("target", func(v *Event) string { return v.Target }),
		text("token_id", func(v *Event) string { return v.TokenID }),
		text("reason", func(v *Event) string { return v.Reason }),
		text("dialect", func(v *Event) string { return v.Dialect }),
		text("rule.name", func(v *Event) string { return v.Rule }),
		user(func(v *Event) *api.Identity { return &v.Identity }, false),
		peer(func(v *Event) *api.Peer { return &v.Peer }),
		request(func(v *Event) *api.Attempt { return v.Attempt }),
	)
}
