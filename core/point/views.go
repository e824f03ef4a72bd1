package point

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/view"
)

// The keyed views of the hook points' values: what plugins and expressions
// read and write at each point.

func loginAttemptView() hooks.Viewer[LoginAttempt] {
	return view.New[LoginAttempt](
		view.Text("login", func(v *LoginAttempt) string { return v.Login }),
		view.Text("method", func(v *LoginAttempt) string { return v.Method }),
		view.Text("dialect", func(v *LoginAttempt) string { return v.Dialect }),
		view.Text("host", func(v *LoginAttempt) string { return v.Host }),
		view.Peer(func(v *LoginAttempt) *api.Peer { return &v.Peer }),
		view.Texts("answer.", func(v *LoginAttempt) map[string]string { return v.Answers }),
		view.Field[LoginAttempt]{
			Key: "challenge",
			Get: func(v *LoginAttempt) (hooks.Value, bool) {
				if v.Challenge == nil {
					return hooks.Value{}, false
				}
				return hooks.String(v.Challenge.Kind), true
			},
			Set: func(v *LoginAttempt, kind hooks.Value) error {
				v.Challenge = challenge(v).withKind(kind.Text())
				return nil
			},
		},
		view.Field[LoginAttempt]{
			Key: "challenge_text",
			Get: func(v *LoginAttempt) (hooks.Value, bool) {
				if v.Challenge == nil {
					return hooks.Value{}, false
				}
				return hooks.String(v.Challenge.Public), true
			},
			Set: func(v *LoginAttempt, text hooks.Value) error {
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
	return view.New[LoginResult](
		view.User(func(v *LoginResult) *api.Identity { return &v.Identity }, true),
		view.Text("method", func(v *LoginResult) string { return v.Method }),
		view.Text("dialect", func(v *LoginResult) string { return v.Dialect }),
		view.Peer(func(v *LoginResult) *api.Peer { return &v.Peer }),
	).Guarded(func(_ context.Context, before, after *LoginResult) error {
		return narrow.Narrower(&before.Identity, &after.Identity)
	})
}

func lifetimeView() hooks.Viewer[Lifetime] {
	return view.New[Lifetime](
		view.Number("iat", func(v *Lifetime) int64 { return v.IssuedAt.Unix() }),
		view.NumberVar("lifetime",
			func(v *Lifetime) int64 { return view.Seconds(v.Lifetime) },
			func(v *Lifetime, n int64) { v.Lifetime = lifetime(n) }),
		view.NumberVar("exp",
			func(v *Lifetime) int64 { return v.IssuedAt.Unix() + view.Seconds(v.Lifetime) },
			func(v *Lifetime, n int64) { v.Lifetime = lifetime(max(n, 0) - v.IssuedAt.Unix()) }),
		view.User(func(v *Lifetime) *api.Identity { return &v.Identity }, false),
		view.Text("client", func(v *Lifetime) string { return v.Client }),
		view.Text("dialect", func(v *Lifetime) string { return v.Dialect }),
	)
}

// lifetime turns seconds from a plugin into a duration that cannot overflow;
// the engine's bounds come after it.
func lifetime(n int64) time.Duration {
	const century = 100 * 366 * 24 * 3600
	return time.Duration(max(-century, min(century, n))) * time.Second
}

func notBeforeView() hooks.Viewer[NotBefore] {
	return view.New[NotBefore](
		view.Number("iat", func(v *NotBefore) int64 { return v.IssuedAt.Unix() }),
		view.NumberVar("nbf",
			func(v *NotBefore) int64 { return v.NotBefore.Unix() },
			func(v *NotBefore, n int64) { v.NotBefore = time.Unix(n, 0) }),
		view.User(func(v *NotBefore) *api.Identity { return &v.Identity }, false),
		view.Text("dialect", func(v *NotBefore) string { return v.Dialect }),
	)
}

func issuerView() hooks.Viewer[Issuer] {
	return view.New[Issuer](
		view.TextVar("iss", func(v *Issuer) *string { return &v.Issuer }),
		view.User(func(v *Issuer) *api.Identity { return &v.Identity }, false),
		view.Text("host", func(v *Issuer) string { return v.Host }),
		view.Text("dialect", func(v *Issuer) string { return v.Dialect }),
	)
}

func algorithmView() hooks.Viewer[Algorithm] {
	return view.New[Algorithm](
		view.TextVar("alg", func(v *Algorithm) *string { return &v.Algorithm }),
		view.User(func(v *Algorithm) *api.Identity { return &v.Identity }, false),
		view.Text("client", func(v *Algorithm) string { return v.Client }),
		view.Text("dialect", func(v *Algorithm) string { return v.Dialect }),
	)
}

func tokenClaimsView() hooks.Viewer[TokenClaims] {
	return view.New[TokenClaims](
		view.ClaimsVar("claim.", func(v *TokenClaims) *api.Claims { return &v.Claims }),
		view.User(func(v *TokenClaims) *api.Identity { return &v.Identity }, false),
		view.Text("client", func(v *TokenClaims) string { return v.Client }),
		view.Text("dialect", func(v *TokenClaims) string { return v.Dialect }),
	).Guarded(narrowerClaims)
}

func tokenResponseView() hooks.Viewer[TokenResponse] {
	return view.New[TokenResponse](
		view.ClaimsVar("response.", func(v *TokenResponse) *api.Claims { return &v.Fields }),
		view.User(func(v *TokenResponse) *api.Identity { return &v.Identity }, false),
		view.Text("dialect", func(v *TokenResponse) string { return v.Dialect }),
	)
}

func tokenCheckView() hooks.Viewer[TokenCheck] {
	return view.New[TokenCheck](
		view.Claims("claim.", func(v *TokenCheck) *api.Claims { return &v.Claims }),
		view.Text("kid", func(v *TokenCheck) string { return v.KeyID }),
		view.User(func(v *TokenCheck) *api.Identity { return &v.Identity }, false),
		view.Request(func(v *TokenCheck) *api.Attempt { return v.Attempt }),
	)
}

func resolvedView() hooks.Viewer[Resolved] {
	return view.New[Resolved](
		view.User(func(v *Resolved) *api.Identity { return &v.Identity }, true),
		view.Text("method", func(v *Resolved) string { return v.Identity.Method }),
		view.Request(func(v *Resolved) *api.Attempt { return v.Attempt }),
	).Guarded(func(_ context.Context, before, after *Resolved) error {
		return narrow.Narrower(&before.Identity, &after.Identity)
	})
}

func credentialHeaderView() hooks.Viewer[CredentialHeader] {
	return view.New[CredentialHeader](
		view.TextVar("name", func(v *CredentialHeader) *string { return &v.Name }),
		view.TextVar("prefix", func(v *CredentialHeader) *string { return &v.Prefix }),
		view.BoolVar("refuse_standard", func(v *CredentialHeader) *bool { return &v.RefuseStandard }),
		view.Text("rule.name", func(v *CredentialHeader) string { return v.Rule }),
		view.Request(func(v *CredentialHeader) *api.Attempt { return v.Attempt }),
	)
}

func exclusionView() hooks.Viewer[Exclusion] {
	return view.New[Exclusion](
		view.BoolVar("public", func(v *Exclusion) *bool { return &v.Public }),
		view.Text("rule.name", func(v *Exclusion) string { return v.Rule }),
		view.Request(func(v *Exclusion) *api.Attempt { return v.Attempt }),
	)
}

func accessView() hooks.Viewer[Access] {
	return view.New[Access](
		view.User(func(v *Access) *api.Identity { return &v.Identity }, false),
		view.Text("rule.name", func(v *Access) string { return v.Rule }),
		view.Request(func(v *Access) *api.Attempt { return v.Attempt }),
	)
}

func upstreamHeadersView() hooks.Viewer[UpstreamHeaders] {
	return view.New[UpstreamHeaders](
		view.HeadersVar(func(v *UpstreamHeaders) *api.Header { return &v.Headers }),
		view.User(func(v *UpstreamHeaders) *api.Identity { return &v.Identity }, false),
		view.Text("upstream", func(v *UpstreamHeaders) string { return v.Upstream }),
	)
}

func errorResponseView() hooks.Viewer[ErrorResponse] {
	return view.New[ErrorResponse](
		view.NumberVar("status",
			func(v *ErrorResponse) int64 { return int64(v.Status) },
			func(v *ErrorResponse, n int64) { v.Status = int(max(0, min(999, n))) }),
		view.TextVar("code", func(v *ErrorResponse) *string { return &v.Code }),
		view.TextVar("message", func(v *ErrorResponse) *string { return &v.Message }),
		view.Text("reason", func(v *ErrorResponse) string { return v.Reason }),
		view.Text("dialect", func(v *ErrorResponse) string { return v.Dialect }),
		view.ClaimsVar("body.", func(v *ErrorResponse) *api.Claims { return &v.Fields }),
		view.HeadersVar(func(v *ErrorResponse) *api.Header { return &v.Headers }),
		view.Request(func(v *ErrorResponse) *api.Attempt { return v.Attempt }),
	)
}

func corsHeadersView() hooks.Viewer[CORSHeaders] {
	return view.New[CORSHeaders](
		view.Text("origin", func(v *CORSHeaders) string { return v.Origin }),
		view.TextVar("allow", func(v *CORSHeaders) *string { return &v.Allow }),
		view.TextVar("headers", func(v *CORSHeaders) *string { return &v.Headers }),
		view.TextVar("methods", func(v *CORSHeaders) *string { return &v.Methods }),
		view.Request(func(v *CORSHeaders) *api.Attempt { return v.Attempt }),
	)
}

func rateLimitView() hooks.Viewer[RateLimit] {
	return view.New[RateLimit](
		view.Text("kind", func(v *RateLimit) string { return v.Kind }),
		view.Text("key", func(v *RateLimit) string { return v.Key }),
		view.Text("route", func(v *RateLimit) string { return v.Route }),
		view.NumberVar("limit",
			func(v *RateLimit) int64 { return v.Limit },
			func(v *RateLimit, n int64) { v.Limit = n }),
		view.NumberVar("window",
			func(v *RateLimit) int64 { return view.Seconds(v.Window) },
			func(v *RateLimit, n int64) { v.Window = lifetime(n) }),
	)
}

func refreshAttemptView() hooks.Viewer[RefreshAttempt] {
	return view.New[RefreshAttempt](
		view.Text("session", func(v *RefreshAttempt) string { return v.Session }),
		view.User(func(v *RefreshAttempt) *api.Identity { return &v.Identity }, false),
		view.Text("client", func(v *RefreshAttempt) string { return v.Client }),
		view.Peer(func(v *RefreshAttempt) *api.Peer { return &v.Peer }),
		view.Text("dialect", func(v *RefreshAttempt) string { return v.Dialect }),
	)
}

func sessionLimitView() hooks.Viewer[SessionLimit] {
	return view.New[SessionLimit](
		view.User(func(v *SessionLimit) *api.Identity { return &v.Identity }, false),
		view.ReadOnly(view.ListVar("live", func(v *SessionLimit) *[]string { return &v.Live })),
		view.ListVar("end", func(v *SessionLimit) *[]string { return &v.End }),
	)
}

func eventView() hooks.Viewer[Event] {
	return view.New[Event](
		view.Number("at", func(v *Event) int64 { return v.At.Unix() }),
		view.Text("actor", func(v *Event) string { return v.Actor }),
		view.Text("target", func(v *Event) string { return v.Target }),
		view.Text("token_id", func(v *Event) string { return v.TokenID }),
		view.Text("reason", func(v *Event) string { return v.Reason }),
		view.Text("dialect", func(v *Event) string { return v.Dialect }),
		view.Text("rule.name", func(v *Event) string { return v.Rule }),
		view.User(func(v *Event) *api.Identity { return &v.Identity }, false),
		view.Peer(func(v *Event) *api.Peer { return &v.Peer }),
		view.Request(func(v *Event) *api.Attempt { return v.Attempt }),
	)
}
