package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

var (
	_ httpauth.Body = (*forward)(nil)
	_ api.Body      = (*forward)(nil)
)

// Inspector finds what an upstream reads from a request body in addition to what was
// decided on. [Config] has one for each upstream that needs it. Implementations must be
// safe for concurrent use.
type Inspector interface {
	// Inspect is called for every allowed request, with the decision. It returns the
	// requests that the body carries, if any: each of them must be allowed on its own. It
	// reads the body if there can be some; without access to the body (nil) it refuses
	// requests that it would have to inspect. The error, an [api.Error], refuses the
	// request.
	Inspect(a *api.Attempt, d *core.Decision, body httpauth.Body) ([]route.Inner, error)

	// Screen returns the body to forward. It ends with an [api.Error] (Invalid) before a
	// part that would turn the request into another one.
	Screen(r *http.Request) io.ReadCloser

	// Hold returns the number of bytes of memory that Screen will use for a request.
	Hold(r *http.Request) int

	// TakesMethods reports whether the upstream may apply a method that a body names in
	// _method to a request with this reading.
	TakesMethods(r *route.Reading) bool

	// CleanAnswer removes from response headers what the upstream discloses without being
	// asked.
	CleanAnswer(h http.Header)

	// HidesStatus reports whether a query asks for a response whose own status is another
	// than that of the result in it.
	HidesStatus(query string) bool
}

// inspect runs the inspector on an allowed request. If one of the requests in the body is
// refused, all are.
func (f *forward) inspect(w http.ResponseWriter) {
	inspector := f.gateway.inspectors[f.decision.Rule.Upstream]
	if inspector == nil {
		return
	}
	list, err := inspector.Inspect(&f.attempt, &f.decision, f)
	if err != nil {
		f.refuseBatch(err)
		return
	}
	if len(list) > 0 {
		f.decideWithin(list)
	}
}

func (f *forward) decideWithin(list []route.Inner) {
	for _, inner := range list {
		if err := f.checkInnerHeaders(inner.Header); err != nil {
			f.refuseBatch(err)
			return
		}
	}
	ctx := api.WithAllowance(&f.counted)
	for _, inner := range list {
		if !f.decideInner(ctx, inner) {
			return
		}
	}
}

// checkInnerHeaders refuses a batch with headers that are removed from normal requests. An
// underscore is usual there: the application reads no variables from these names.
func (f *forward) checkInnerHeaders(sent api.Header) error {
	rule := f.decision.Rule
	removed := f.gateway.stripper.clientHeaders(f.in, rule)
	for name := range sent {
		if removed.reserves(name) || removed.overrides.Has(name) || removed.carries(name, rule, f.attempt.Credential.Header) {
			return badBatch("a request in the batch has a header that no client may send there")
		}
	}
	return nil
}

// decideInner decides on a request in the batch as if it came alone. The upstream runs it
// with the identity of the batch, so the batch must not be allowed more.
func (f *forward) decideInner(ctx context.Context, inner route.Inner) (allowed bool) {
	a := f.attempt
	a.Method, a.RawTarget = inner.Method, inner.Target
	a.Header = withHeaders(f.gateway.stripper.overrides.Without(a.Header, nil), inner.Header)
	d := f.gateway.engine.Decide(ctx, &a)
	switch {
	case d.Outcome != core.Allowed:
		f.decision = d
	case d.Rule.Upstream != f.decision.Rule.Upstream:
		f.refuseBatch(badBatch("a request in the batch is for another application"))
	case d.NarrowerThan(f.decision):
		f.refuseBatch(badBatch("a request in the batch is allowed less than the batch: send it alone"))
	default:
		f.decision = f.decision.Including(d)
		f.forwardLess(d.Rule)
		return true
	}
	return false
}

// forwardLess forwards the credential only if the rule of the inner request does so too.
func (f *forward) forwardLess(inner *route.Rule) {
	rule := *f.decision.Rule
	less := rule
	less.ForwardCredential = rule.ForwardCredential && inner.ForwardCredential
	less.PassAuthorization = rule.PassAuthorization && inner.PassAuthorization
	if less.ForwardCredential != rule.ForwardCredential || less.PassAuthorization != rule.PassAuthorization {
		f.decision.Rule = &less
	}
}

// withHeaders adds the headers of a request in a batch, under the names that hooks use.
func withHeaders(all, own api.Header) api.Header {
	if len(own) == 0 {
		return all
	}
	out := maps.Clone(all)
	for name, values := range own {
		out[route.Alias(name)] = values
	}
	return out
}

func (f *forward) refuseBatch(err error) {
	d := &f.decision
	f.decision = core.Decision{Err: api.AsError(err), Identity: d.Identity, Rule: d.Rule}
}

// ReadAll implements [httpauth.Body]. The body can still be forwarded afterwards.
func (f *forward) ReadAll(limit int64) ([]byte, error) {
	if f.gateway.maxBody >= 0 {
		limit = min(limit, f.gateway.maxBody)
	}
	if max(f.in.ContentLength, int64(len(f.text))) > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	if f.text != nil {
		return f.text, nil
	}
	paced := newPaced(f.w, f.in.Body, usualPace)
	defer paced.stop()
	text, err := f.readHeld(paced, limit+1)
	if busy, ok := errors.AsType[*api.Error](err); ok {
		return nil, busy
	}
	if err != nil {
		f.lost = err
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	f.in, f.read, f.text = withBody(f.in, text), true, text
	return text, nil
}

// SHA256 implements [api.Body].
func (f *forward) SHA256() ([]byte, error) { return httpauth.Digest(f) }

// withBody returns a shallow copy of a request with text as its body.
func withBody(r *http.Request, text []byte) *http.Request {
	return withReader(r, io.NopCloser(bytes.NewReader(text)))
}

func withReader(r *http.Request, body io.ReadCloser) *http.Request {
	r = r.WithContext(r.Context())
	r.Body = body
	return r
}

func badBatch(text string) error { return api.E(api.Invalid, route.ReasonBadBatch, text) }
