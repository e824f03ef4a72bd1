package policy

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Application says how what is behind the gate reads requests and takes credentials, so
// that both see the same request of the same client. The zero value is an application that
// reads requests by their request line and HTTP's rules. Its functions are asked at each
// request: they must be quick and safe for concurrent use.
type Application struct {
	Sites []Site // parts of hosts with settings of their own; none: there are none

	// Read, when set, tells under which method and path a request is to be found
	// in the rules, for upstreams that read others out of it: some take both from
	// the query. It is given the upstream of the rule that the request
	// line names, the canonical path and the raw query; an error refuses, and the
	// zero value is a request that stands for itself. Of several meanings each must
	// have a rule that lets the request pass. All these rules must name the same
	// upstream. What is passed on is not changed by it.
	Read func(upstream, method, path, query string) (route.Reading, error)

	// Override, when set, tells the method, in capitals, that a header of the request
	// names and by which the upstream goes in its REST API in the place of the request's
	// own; "" is none. It is asked about requests of which Read says what they are; an
	// error refuses.
	Override func(upstream string, a *api.Attempt) (string, error)

	// Bearer, when set, reads Authorization headers that are odd, for applications
	// with a grammar of their own; nil reads them all strictly. It does not concern
	// rules with a header of their own.
	Bearer BearerReader

	// Accepts, when set, says whether the kind of credential that a request shows
	// counts where the request goes; one that does not is a bad credential. nil:
	// all count that a method is for.
	Accepts func(*api.Attempt) bool

	// Forgives, when set, says whether a bad credential counts as none on a
	// request whose rule has on_bad_token asked and access optional; nil: on none.
	Forgives func(*api.Attempt) bool
}
