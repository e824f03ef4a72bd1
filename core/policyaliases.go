package core

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
)

// What a policy is made of, out of package policy, which tells of each field.
type (
	// Policy is all that a reload may replace.
	Policy = policy.Policy
	// TokenPolicy bounds the tokens that the engine issues and accepts.
	TokenPolicy = policy.TokenPolicy
	// WhenStale says what happens to requests with credentials while the engine does
	// not know of late revocations.
	WhenStale = policy.WhenStale

	// Method recognises one kind of credential.
	Method = policy.Method
	// Opener makes a method from its configuration.
	Opener = policy.Opener
	// Validator is an Opener that finds what is wrong with its settings.
	Validator = policy.Validator
	// Surroundings is what a configuration holds besides a method.
	Surroundings = policy.Surroundings
	// NamedMethod is one place in the chain of methods.
	NamedMethod = policy.NamedMethod
	// Deps is what the engine lends to methods.
	Deps = policy.Deps
	// Kinder is a Method that names the kinds of credential that it takes.
	Kinder = policy.Kinder
	// Cacher is a Method whose successes may be remembered.
	Cacher = policy.Cacher
	// Challenger is a Method with a WWW-Authenticate challenge.
	Challenger = policy.Challenger

	// Layout says what tokens of one kind look like.
	Layout = policy.Layout
	// ForeignIssuer says whose tokens count here besides our own.
	ForeignIssuer = policy.ForeignIssuer
	// Application is what is behind the gate, as far as decisions depend on it.
	Application = policy.Application
	// Site is a part of a host with settings of its own.
	Site = policy.Site
	// Place is a part of a host.
	Place = policy.Place

	// BearerReader reads Authorization headers that are odd.
	BearerReader = policy.BearerReader
	// Reading is what an application makes of an Authorization header.
	Reading = policy.Reading
)

// The readings, and what a policy may say of stale knowledge.
const (
	ReadStrictly = policy.ReadStrictly
	ReadBearer   = policy.ReadBearer
	ReadNothing  = policy.ReadNothing

	StaleClosed     = policy.StaleClosed
	StaleIntrospect = policy.StaleIntrospect
	StaleOpen       = policy.StaleOpen
)

// NativeLayout is the layout of Cardea's own access tokens; see [policy.NativeLayout].
func NativeLayout(issuer string, audience ...string) Layout {
	return policy.NativeLayout(issuer, audience...)
}

// ForeignLayout is the layout of a foreign issuer's tokens; see [policy.ForeignLayout].
func ForeignLayout(f ForeignIssuer) (Layout, error) { return policy.ForeignLayout(f) }

// Capability looks for an optional ability T in v and in what v wraps by an Unwrap
// method.
func Capability[T any](v any) (T, bool) { return api.Capability[T](v) }
