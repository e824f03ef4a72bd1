package route

import (
	"iter"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// ReasonBadBatch is the reason of a request that carries others in its body in a
// form that cannot be read in one way only.
const ReasonBadBatch = "bad_batch"

// Meaning is one of the things for which an application could take a request.
type Meaning struct {
	Method string // the one that it goes by
	Path   string // under which it is found in the rules
	API    string // of a REST route: the path of its API, as the request has it; "" of a page
	Route  string // of a REST route: what is below, in the letters of the request; "" is the index
}

// Reading is what an application could take a request for, where that is not what its
// request line says. The zero value is that of a request that stands for itself.
type Reading struct {
	Meaning
	Also []Meaning // further ones: the request may pass only if it may as each of them
}

// Inner is one of the requests that the body of another carries.
type Inner struct {
	Method string
	Target string     // in origin form, as it would stand in the request line
	Header api.Header // by name as it is written; what is not here is as in the other request
}

// IsREST reports whether it is a route of a REST API, and no page.
func (m Meaning) IsREST() bool { return m.API != "" }

// Name is the REST route without a slash at its end, "/" for the index; "page" for
// a page.
func (m Meaning) Name() string {
	switch {
	case !m.IsREST():
		return "page"
	case m.Route == "" || m.Route == "/":
		return "/"
	}
	return strings.TrimSuffix(m.Route, "/")
}

// All yields every meaning; none for the zero value, and for nil.
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

// Add adds a meaning, unless there is one of the same path and name.
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
