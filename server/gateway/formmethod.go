package gateway

import (
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/gateway/internal/formmethod"
)

// maxForm is the size in bytes of the largest body that is read in full to find _method.
// A larger body is scanned while it is forwarded.
const maxForm = 1 << 20

// formMethods returns the method that a body names in _method, which many frameworks
// apply to a POST, and CakePHP to a form of other methods, if that could matter: at most one, and anything ambiguous is refused. A
// body that is not read in full is scanned while it is forwarded and refused if it names a
// method. named are the methods that the request names elsewhere. An upstream whose inspector
// knows that it takes no method from a body is skipped.
func (f *forward) formMethods(c checker, named []string) ([]string, error) {
	if f.in.Body == nil || f.in.Body == http.NoBody || !f.mayBeForm(append(slices.Clip(named), f.attempt.Method)) {
		return nil, nil
	}
	if i := f.gateway.inspectors[f.decision.Rule.Upstream]; i != nil && !i.TakesMethods(f.decision.Reading) {
		return nil, nil
	}
	kind := f.in.Header["Content-Type"]
	if formmethod.IsNoForm(kind) || !f.goesByMethod(c) {
		return nil, nil
	}
	switch {
	case len(f.in.Header["Content-Encoding"]) > 0:
		return nil, badForm("a body that could name another method must not have a Content-Encoding")
	case !formmethod.IsReadable(kind):
		return nil, badForm("the charset of a body that could name another method must be utf-8, us-ascii or iso-8859-1")
	case f.in.ContentLength < 0 || f.in.ContentLength > maxForm:
		f.in = withReader(f.in, formmethod.NewReader(f.in.Body, kind, f.in.ContentLength))
		return nil, nil
	}
	text, err := f.ReadAll(maxForm)
	switch {
	case f.lost != nil:
		return nil, api.E(api.Invalid, "bad_body", "the request body cannot be read")
	case api.CodeOf(err) == api.Unavailable:
		return nil, err
	case err != nil:
		return nil, err
	}
	return formmethod.In(string(text), kind)
}

// mayBeForm reports whether frameworks look for a method in a body sent with one of these
// methods.
func (f *forward) mayBeForm(methods []string) bool {
	if slices.Contains(methods, http.MethodPost) {
		return true
	}
	changes := slices.ContainsFunc(methods, func(m string) bool {
		return m == http.MethodPut || m == http.MethodPatch || m == http.MethodDelete
	})
	return changes && formmethod.IsEncoded(f.in.Header["Content-Type"])
}

// goesByMethod reports whether another method could be refused where the request's own is
// allowed: by a rule or a hook, or for a second resource that POST does not use.
func (f *forward) goesByMethod(c checker) bool {
	if c.DecidesByMethod(&f.attempt, f.decision) {
		return true
	}
	targets, err := f.gateway.targets.Of(f.in, "MOVE")
	return err != nil || len(targets) > 0
}

func badForm(text string) error { return api.E(api.Invalid, api.ReasonMethodOverride, text) }
