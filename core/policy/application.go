package policy

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Application describes how the upstream reads requests and credentials, so that Cardea
// sees the same request from the same client. The zero value is an application that follows
// the request line and the HTTP standards. Its functions are called for each request: they
// must be fast and safe for concurrent use.
type Application struct {
	Sites []Site // parts of hosts with settings of their own

	// Read, when set, returns the methods and paths by which the rules are looked up, for
	// upstreams that derive them from something else, such as the query. Its arguments are
	// the upstream of the rule for the request line, the canonical path and the raw query.
	// An error refuses the request; a zero Reading means that it is taken literally. Each
	// returned meaning must have a rule that allows the request, all of the same upstream.
	// The forwarded request is not changed.
	Read func(upstream, method, path, query string) (route.Reading, error)

	// Override, when set, returns the method, in capitals, that the upstream's REST API
	// uses instead of the request's own because a header names it; "" is none. It is called
	// for requests that Read knows; an error refuses the request.
	Override func(upstream string, a *api.Attempt) (string, error)

	// Paths, when set, returns further canonical paths that the upstream of a rule may take a
	// request for: routes that it reads in the query, or those to which it rewrites a path. For
	// each there must be a rule of the same upstream that allows the request for the same user.
	// Its arguments are the rule for the request line, the canonical path and the raw query.
	Paths func(rule *route.Rule, path, query string) []string

	// Bearer, when set, reads unusual Authorization headers, for applications with a
	// grammar of their own; nil reads them all strictly. It does not apply to rules with a
	// header of their own.
	Bearer BearerReader

	// Accepts, when set, reports whether the kind of a request's credential is accepted at
	// its place; otherwise it is a bad credential. nil accepts every kind that a method
	// takes.
	Accepts func(*api.Attempt) bool

	// IgnoreBadCredential, when set, reports whether a bad credential is ignored on a request whose
	// rule has on_bad_token asked and access optional. nil ignores none.
	IgnoreBadCredential func(*api.Attempt) bool
}
