package route

import (
	"iter"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// ReasonBadBatch is the reason for refusing a request whose body contains other requests
// and can be read in more than one way.
const ReasonBadBatch = "bad_batch"

// AllowanceSpent returns the refusal of a request whose hooks have done all the work that
// they may do for it.
func AllowanceSpent(a *api.Allowance) error {
	if a.IsOneRequest() {
		return api.E(api.Invalid, api.ReasonManyReadings, "the request can be read in too many ways to judge each of them: write its path, query and headers in their plain form")
	}
	return api.E(api.Invalid, ReasonBadBatch, "the requests of the batch together take as long to judge as one may: send fewer at a time")
}

// Meaning is one of the ways in which an application could read a request.
type Meaning struct {
	Method string // the method that applies
	Path   string // by which rules are matched
	API    string // for a REST route, the path of its API as in the request; "" for a page
	Route  string // for a REST route, the rest of the path as in the request; "" is the index
}

// Reading is how an application could read a request if that is not what the request line
// says. The zero value means that the request line applies.
type Reading struct {
	Meaning
	Also    []Meaning // further ones: the request must be allowed as each of them
	Assumed bool      // it is not known to read requests so: a page may be any application's
}

// Inner is one of the requests in the body of another.
type Inner struct {
	Method string
	Target string     // in origin form, as in a request line
	Header api.Header // by name as written; other headers are those of the outer request
}

// IsREST reports whether it is a route of a REST API rather than a page.
func (m Meaning) IsREST() bool { return m.API != "" }

// Name returns the REST route without a trailing slash, "/" for the index, or "page" for a
// page.
func (m Meaning) Name() string {
	switch {
	case !m.IsREST():
		return "page"
	case m.Route == "" || m.Route == "/":
		return "/"
	}
	return strings.TrimSuffix(m.Route, "/")
}

// All yields every meaning; none for the zero value or nil.
func (r *Reading) All() iter.Seq[Meaning] {
	return func(yield func(Meaning) bool) {
		if r == nil || r.Path == "" || !yield(r.Meaning) {
			return
		}
		for _, m := range r.Also {
			if !yield(m) {
				return
			}
		}
	}
}

// IsKnown reports whether the application reads requests so, and is not only assumed to.
func (r *Reading) IsKnown() bool { return r != nil && r.Path != "" && !r.Assumed }

// MayBePage reports whether the request may be for a page, and not for routes of a REST API
// alone. Nil and the zero value, which take the request literally, may.
func (r *Reading) MayBePage() bool {
	if r == nil || r.Path == "" {
		return true
	}
	for m := range r.All() {
		if !m.IsREST() {
			return true
		}
	}
	return false
}

// Add adds a meaning, unless there is one with the same path and name.
func (r *Reading) Add(m Meaning) {
	for known := range r.All() {
		if known.Path == m.Path && known.Name() == m.Name() {
			return
		}
	}
	if r.Path == "" {
		r.Meaning = m
		return
	}
	r.Also = append(r.Also, m)
}
