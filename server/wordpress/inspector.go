package wordpress

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/wordpress/internal/formroute"
	"github.com/cardea-auth/cardea/server/wordpress/internal/php"
)

// maxBatch is the largest body of a batch of requests in bytes: it is read completely before
// any of it is passed on.
const maxBatch = 1 << 20

// Inspector inspects the bodies of requests to a WordPress, for the proxy and other
// integrations. The zero value knows the batch routes of WordPress and WooCommerce.
type Inspector struct {
	// Batches are further REST routes, in lower case, whose bodies hold requests to
	// other routes, such as "/plugin/batch".
	Batches []string

	// Assumed says that the application is only assumed to be a WordPress: it may be one that
	// takes a request's method from its body.
	Assumed bool
}

// TakesMethods reports whether the application may take the method of a request from the
// parameter _method in its body. A WordPress does not, and what is a REST route in every
// reading is not for another application.
func (i Inspector) TakesMethods(r *route.Reading) bool {
	return i.Assumed && r.MayBePage()
}

// Inspect returns the requests of a batch, none if the request is not a batch. A bulk call of
// WooCommerce is one, unless no rule or hook could refuse a part of it. d is the decision on
// the request. If body is nil, because the integration cannot read it, batches are rejected,
// and so are forms, which could name another route. The error is an [api.Error] (Invalid),
// also for bodies that WordPress could read in another way.
func (i Inspector) Inspect(a *api.Attempt, d *core.Decision, body httpauth.Body) ([]route.Inner, error) {
	if body == nil && formroute.IsForm(a.Method, a.Header["Content-Type"]) {
		return nil, badPath("a form could name another route in its body, which cannot be seen here")
	}
	var text []byte
	var list []route.Inner
	for m := range d.Reading.All() {
		form, isBatch := i.formOf(a, d, m)
		if !isBatch {
			continue
		}
		err := form.check(a, body)
		if err != nil {
			return nil, err
		}
		if text == nil {
			if text, err = body.ReadAll(form.most); err != nil {
				return nil, unreadable(err)
			}
		}
		more, err := form.read(text)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// batchForm is a form of body that acts on more than the request's own route.
type batchForm struct {
	params []string                            // the body's parameters, which WordPress would find in the query, too
	most   int64                               // bytes
	read   func([]byte) ([]route.Inner, error) // returns what the body does, as requests
}

// formOf returns the form of the body if a meaning is a batch that must be inspected.
func (i Inspector) formOf(a *api.Attempt, d *core.Decision, m route.Meaning) (batchForm, bool) {
	if i.isBatch(m) {
		return batchForm{[]string{"requests"}, maxBatch, func(text []byte) ([]route.Inner, error) { return i.batch(m, text) }}, true
	}
	if b, ok := bulkOf(m, a.Query); ok && !b.isUniform(a, d) {
		return batchForm{[]string{"create", "update", "delete", "id", "group_id"}, maxBulk, b.parts}, true
	}
	return batchForm{}, false
}

// check refuses what is not in this form: the body must be JSON and the query have none of
// its parameters, because WordPress would use those as well or instead.
func (f batchForm) check(a *api.Attempt, body httpauth.Body) error {
	media, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	switch {
	case body == nil:
		return badBatch("a batch carries requests in its body, which cannot be seen here")
	case err != nil || media != "application/json" || len(a.Header["Content-Type"]) != 1:
		return badBatch("a batch must be sent as application/json")
	}
	for _, name := range f.params {
		if php.HasParameter(a.Query, name) {
			return badBatch("the parameter " + name + " of a batch stands in its body, not in the query")
		}
	}
	return nil
}

func unreadable(err error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return badBatch(fmt.Sprintf("the batch is larger than %d bytes", large.Limit))
	}
	if busy, ok := errors.AsType[*api.Error](err); ok {
		return busy
	}
	return badBatch("the body of the batch cannot be read")
}

// Screen returns the request body to pass on: reading a form fails with an [api.Error]
// (Invalid, bad_path) before a parameter that names a REST route.
func (Inspector) Screen(r *http.Request) io.ReadCloser { return formroute.Screen(r) }

// Hold returns how many bytes of memory [Inspector.Screen] uses for a request.
func (Inspector) Hold(r *http.Request) int { return formroute.Hold(r) }

// HidesStatus reports whether a query has _envelope, with which WordPress puts the status of
// a REST response into its body and answers 200.
func (Inspector) HidesStatus(query string) bool { return php.HasParameter(query, "_envelope") }

// CleanAnswer removes the permission to use credentials from an answer, which WordPress
// gives to every origin. Package cors sets it for allowed origins.
func (Inspector) CleanAnswer(h http.Header) { h.Del("Access-Control-Allow-Credentials") }
