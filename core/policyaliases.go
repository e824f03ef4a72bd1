package core

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
)

// The types of a policy, from package policy, which documents their fields.
type (
	// Policy is everything that a reload may replace.
	Policy = policy.Policy
	// TokenPolicy limits the tokens that the engine issues and accepts.
	TokenPolicy = policy.TokenPolicy
	// WhenStale says what happens to requests with credentials while the engine may have
	// missed recent revocations.
	WhenStale = policy.WhenStale

	// Method authenticates one kind of credential.
	Method = policy.Method
	// Opener creates a method from its configuration.
	Opener = policy.Opener
	// Validator is an Opener that can check its settings.
	Validator = policy.Validator
	// Surroundings is the rest of a configuration, apart from the method.
	Surroundings = policy.Surroundings
	// NamedMethod is one entry in the chain of methods.
	NamedMethod = policy.NamedMethod
	// Deps is what the engine provides to methods.
	Deps = policy.Deps
	// Kinder is a Method that names the kinds of credential it accepts.
	Kinder = policy.Kinder
	// Cacher is a Method whose successful results may be cached.
	Cacher = policy.Cacher
	// BodyDigester is a Method that needs a digest of the request body.
	BodyDigester = policy.BodyDigester
	// Challenger is a Method with a WWW-Authenticate challenge.
	Challenger = policy.Challenger

	// TokenFormat describes the format of one kind of token.
	TokenFormat = policy.TokenFormat
	// ExternalIssuer is an external issuer whose tokens are accepted.
	ExternalIssuer = policy.ExternalIssuer
	// Application describes the upstream, as far as decisions depend on it.
	Application = policy.Application
	// Site is a part of a host with its own settings.
	Site = policy.Site
	// UserClaims are further claims of a site's tokens, about the user.
	UserClaims = policy.UserClaims
	// Place is a part of a host.
	Place = policy.Place

	// BearerReader reads unusual Authorization headers.
	BearerReader = policy.BearerReader
	// Reading is how an application reads an Authorization header.
	Reading = policy.Reading
)

// The readings, and the policies for stale revocation data.
const (
	ReadStrictly = policy.ReadStrictly
	ReadBearer   = policy.ReadBearer
	ReadNothing  = policy.ReadNothing

	StaleClosed     = policy.StaleClosed
	StaleIntrospect = policy.StaleIntrospect
	StaleOpen       = policy.StaleOpen
)

// NativeTokenFormat returns the token format of Cardea's own access tokens; see [policy.NativeTokenFormat].
func NativeTokenFormat(issuer string, audience ...string) TokenFormat {
	return policy.NativeTokenFormat(issuer, audience...)
}

// ExternalTokenFormat returns the token format of an external issuer's tokens; see
// [policy.ExternalTokenFormat].
func ExternalTokenFormat(f ExternalIssuer) (TokenFormat, error) { return policy.ExternalTokenFormat(f) }

// Capability returns v, or a value that v wraps with an Unwrap method, as the optional
// interface T.
func Capability[T any](v any) (T, bool) { return api.Capability[T](v) }
