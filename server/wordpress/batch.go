package wordpress

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress/internal/php"
)

// Bounds of a batch. WordPress's own limit is 25 requests unless a plugin changes it.
const (
	maxInner   = 25  // requests
	maxMembers = 64  // members of the batch, and of each request in it
	maxHeaders = 128 // headers of each request in it
	maxDepth   = 128 // nesting depth of objects and arrays
)

// isBatch reports whether the meaning is a REST route whose body holds requests to
// other routes: WordPress's own, WooCommerce's for carts, and those in Batches.
func (i Inspector) isBatch(m route.Meaning) bool {
	switch name := api.FoldASCII(m.Name()); name {
	case "/batch/v1", "/wc/store/batch", "/wc/store/v1/batch":
		return true
	default:
		return slices.Contains(i.Batches, name)
	}
}

// batch returns the requests of a JSON batch body in order. The error is an [api.Error]
// (Invalid, bad_batch) for bodies that WordPress rejects or could read in another way.
func (i Inspector) batch(m route.Meaning, body []byte) ([]route.Inner, error) {
	list, err := requestsOf(body)
	if err != nil {
		return nil, err
	}
	out := []route.Inner{}
	whole := list.elements(func(request value) bool {
		if len(out) == maxInner {
			err = badBatch("the batch has too many requests")
			return false
		}
		var inner route.Inner
		inner, err = i.inner(m, request)
		out = append(out, inner)
		return err == nil
	})
	switch {
	case err != nil:
		return nil, err
	case !whole:
		return nil, badBatch("the batch has no list of requests")
	}
	return out, nil
}

// requestsOf returns the value of the last "requests" member, as PHP does.
func requestsOf(body []byte) (list value, err error) {
	if !json.Valid(body) || value(body).isDeep(maxDepth) {
		return nil, badBatch("the batch is not JSON, or nested too deeply")
	}
	n := 0
	if !value(body).members(func(name string, of value) bool {
		if name == "requests" {
			list = of
		}
		n++
		return n <= maxMembers
	}) {
		return nil, badBatch("the batch is not an object, or has too many members")
	}
	return list, nil
}

func (i Inspector) inner(m route.Meaning, request value) (route.Inner, error) {
	var path, headers, method value
	n := 0
	if !request.members(func(name string, of value) bool {
		switch name {
		case "path":
			path = of
		case "method":
			method = of
		case "headers":
			headers = of
		}
		n++
		return n <= maxMembers
	}) {
		return route.Inner{}, badBatch("a request in the batch is not an object, or has too many members")
	}
	in := route.Inner{Method: "POST"}
	if method != nil && !method.isText(&in.Method) {
		return route.Inner{}, badBatch("a request in the batch has a method that is not a string")
	}
	if !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, in.Method) {
		return route.Inner{}, badBatch("a request in the batch has a method that is none of GET, POST, PUT, PATCH, DELETE")
	}
	var at string
	if !path.isText(&at) {
		return route.Inner{}, badBatch("a request in the batch has no path")
	}
	var err error
	if in.Target, err = i.target(m, at); err != nil {
		return route.Inner{}, err
	}
	return in, readHeaders(&in, headers)
}

// target returns the request target that the path and query of an inner request would
// have in a request of its own.
func (i Inspector) target(m route.Meaning, path string) (string, error) {
	path, query, _ := strings.Cut(path, "?")
	at, err := routeOf(path)
	if err != nil || i.isBatch(route.Meaning{API: m.API, Route: at}) {
		return "", badBatch("a request in the batch has a path that no batch can reach")
	}
	path, query = m.API+at, innerQuery(query)
	if len(path)+len(query) > route.MaxTarget || route.CheckQuery(query) != nil {
		return "", badBatch("a request in the batch has a query that no request can have")
	}
	if query != "" {
		query = "?" + query
	}
	return route.EscapePath(path) + query, nil
}

// innerQuery removes the parameters that have no meaning in a batch, and encodes spaces
// as a client would.
func innerQuery(query string) string {
	if query == "" {
		return ""
	}
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		if !php.HasParameter(pair, "rest_route") && !php.HasParameter(pair, "_method") {
			kept = append(kept, pair)
		}
	}
	return strings.ReplaceAll(strings.Join(kept, "&"), " ", "+")
}

func badBatch(text string) error { return api.E(api.Invalid, route.ReasonBadBatch, text) }
