package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// maxBatch is the largest body of a batch in bytes: it has to be read before any
// of it is passed on.
const maxBatch = 1 << 20

// decideBatch looks into a request that was allowed and could be a batch, which
// carries others in its body, as WordPress's /batch/v1 does. The first of them that
// may not pass takes the whole along; so does a body that WordPress might read in
// another way.
func (f *forward) decideBatch(w http.ResponseWriter) {
	if f.decision.Reading == nil {
		return
	}
	var body []byte
	for m := range f.decision.Reading.All() {
		if !wordpress.IsBatch(m) {
			continue
		}
		if body == nil {
			var err error
			if body, err = f.batchBody(w); err != nil {
				f.refuseBatch(err)
				return
			}
		}
		if !f.decideWithin(m, body) {
			return
		}
	}
}

func (f *forward) decideWithin(batch route.Meaning, body []byte) (allowed bool) {
	if wordpress.HasParameter(f.attempt.Query, "requests") {
		f.refuseBatch(badBatch("the requests of a batch stand in its body, not in the query"))
		return false
	}
	list, err := wordpress.Batch(batch, body)
	if err != nil {
		f.refuseBatch(err)
		return false
	}
	for _, inner := range list {
		if err := f.checkBatchHeaders(inner.Header); err != nil {
			f.refuseBatch(err)
			return false
		}
	}
	ctx := api.WithAllowance(f.in.Context())
	for _, inner := range list {
		if !f.decideInner(ctx, inner) {
			return false
		}
	}
	return true
}

// checkBatchHeaders refuses a batch with headers that are taken out of requests
// that come alone.
func (f *forward) checkBatchHeaders(sent api.Header) error {
	rule := f.decision.Rule
	removed := f.gateway.stripper.clientHeaders(f.in, rule)
	for name := range sent {
		if removed.has(name) || isCredential(name, rule.Header.Name, f.attempt.Credential.Header) {
			return badBatch("a request in the batch has a header that no client may send there")
		}
	}
	return nil
}

// decideInner decides on a request in the batch as if it came alone. The upstream
// runs it as whoever sent the batch, who therefore must not be allowed more.
func (f *forward) decideInner(ctx context.Context, inner route.Inner) (allowed bool) {
	a := f.attempt
	a.Method, a.RawTarget = inner.Method, route.Target(inner.Path, inner.Query)
	a.Header = withHeaders(a.Header, inner.Header)
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
	if rule := *f.decision.Rule; rule.ForwardCredential && !inner.ForwardCredential {
		rule.ForwardCredential = false
		f.decision.Rule = &rule
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

// batchBody reads the body, and leaves a copy to be passed on. Only as JSON is
// its list of requests what WordPress goes by, whatever the query says besides.
func (f *forward) batchBody(w http.ResponseWriter) ([]byte, error) {
	media, _, err := mime.ParseMediaType(f.in.Header.Get("Content-Type"))
	if err != nil || media != "application/json" || len(f.in.Header["Content-Type"]) != 1 {
		return nil, badBatch("a batch must be sent as application/json")
	}
	limit := int64(maxBatch)
	if f.gateway.maxBody >= 0 {
		limit = min(limit, f.gateway.maxBody)
	}
	if f.in.ContentLength > limit {
		return nil, errLargeBatch(limit)
	}
	paced := newPaced(w, f.in.Body)
	defer paced.stop()
	text, err := f.readHeld(paced, limit+1)
	if busy, ok := errors.AsType[*api.Error](err); ok {
		return nil, busy
	}
	if err != nil {
		f.lost = err
		return nil, badBatch("the body of the batch cannot be read")
	}
	if int64(len(text)) > limit {
		return nil, errLargeBatch(limit)
	}
	f.in, f.read = withBody(f.in, text), true
	return text, nil
}

func errLargeBatch(limit int64) error {
	return badBatch(fmt.Sprintf("the batch is larger than %d bytes", limit))
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
