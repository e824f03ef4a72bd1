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

// Inspector knows what an upstream finds in the body of a request besides what was
// decided on. [Config] has one for each upstream that wants it. It must be safe for
// concurrent use.
type Inspector interface {
	// Inspect is told of every request that was allowed, and what was decided. It
	// returns the requests that its body carries, if any: each of them must be
	// allowed as if it came alone. It reads the body where there could be some; at a
	// door that has no body, nil, it refuses what it would have to look into. The
	// error, an [api.Error], refuses the request.
	Inspect(a *api.Attempt, d *core.Decision, body httpauth.Body) ([]route.Inner, error)

	// Screen returns the body as it may be passed on. An [api.Error] (Invalid) ends
	// it before what would make another request of it.
	Screen(r *http.Request) io.ReadCloser

	// Hold is how many bytes of memory Screen is going to take for a request.
	Hold(r *http.Request) int

	// CleanAnswer takes out of the header of an answer what the upstream tells
	// without having been asked for it.
	CleanAnswer(h http.Header)
}

// inspect has a request that was allowed looked into. The first of the requests in
// its body that may not pass takes the whole along.
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

// checkInnerHeaders refuses a batch with headers that are taken out of requests
// that come alone.
func (f *forward) checkInnerHeaders(sent api.Header) error {
	rule := f.decision.Rule
	removed := f.gateway.stripper.clientHeaders(f.in, rule)
	for name := range sent {
		if removed.has(name) || removed.overrides.Has(name) || isCredential(name, rule.Header.Name, f.attempt.Credential.Header) {
			return badBatch("a request in the batch has a header that no client may send there")
		}
	}
	return nil
}

// decideInner decides on a request in the batch as if it came alone. The upstream
// runs it as whoever sent the batch, who therefore must not be allowed more.
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
		f.forwardLess(d.Rule)
		return true
	}
	return false
}

// forwardLess passes the credential on only if the rule of a request in the batch
// does so too.
func (f *forward) forwardLess(inner *route.Rule) {
	rule := *f.decision.Rule
	less := rule
	less.ForwardCredential = rule.ForwardCredential && inner.ForwardCredential
	less.PassAuthorization = rule.PassAuthorization && inner.PassAuthorization
	if less.ForwardCredential != rule.ForwardCredential || less.PassAuthorization != rule.PassAuthorization {
		f.decision.Rule = &less
	}
}

// withHeaders adds the headers of a request in a batch, in the spelling that hooks ask
// for.
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

// ReadAll implements [httpauth.Body]: it leaves a copy to be passed on.
func (f *forward) ReadAll(limit int64) ([]byte, error) {
	if f.gateway.maxBody >= 0 {
		limit = min(limit, f.gateway.maxBody)
	}
	if f.in.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
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
	f.in, f.read = withBody(f.in, text), true
	return text, nil
}

// withBody returns a shallow copy of a request whose body is read anew.
func withBody(r *http.Request, text []byte) *http.Request {
	return withReader(r, io.NopCloser(bytes.NewReader(text)))
}

func withReader(r *http.Request, body io.ReadCloser) *http.Request {
	r = r.WithContext(r.Context())
	r.Body = body
	return r
}

func badBatch(text string) error { return api.E(api.Invalid, route.ReasonBadBatch, text) }
