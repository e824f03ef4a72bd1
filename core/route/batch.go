package route

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// ReasonBadBatch is the reason of a request that carries others in its body in a
// form that cannot be read in one way only.
const ReasonBadBatch = "bad_batch"

// maxInner is how many requests one batch may carry: four times as many as
// WordPress takes by default.
const maxInner = 100

// Inner is one of the requests in the body of a batch.
type Inner struct {
	Method string
	Path   string // canonical, with the path of the batch's REST API in front
}

// IsBatch reports whether it is a REST route that takes requests for other routes
// out of its body: WordPress's own, WooCommerce's for carts, and CoCart's.
func (m Meaning) IsBatch() bool {
	return m.IsREST() && slices.Contains([]string{"/batch/v1", "/wc/store/batch", "/wc/store/v1/batch", "/cocart/batch"}, lower(m.Name()))
}

// Batch returns the requests that a batch's JSON body carries, in their order.
// Their queries are left out: in a batch they choose neither route nor method.
// The error is an [api.Error] (Invalid, bad_batch) for whatever WordPress might
// read otherwise, or refuses itself.
func (m Meaning) Batch(body []byte) ([]Inner, error) {
	var batch map[string]json.RawMessage // a struct would find "Requests" too
	var list []map[string]json.RawMessage
	if json.Unmarshal(body, &batch) != nil || json.Unmarshal(batch["requests"], &list) != nil || list == nil {
		return nil, badBatch("the batch has no list of requests")
	}
	if len(list) > maxInner {
		return nil, badBatch("the batch has too many requests")
	}
	out := make([]Inner, len(list))
	for i, fields := range list {
		var err error
		if out[i], err = m.inner(fields); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m Meaning) inner(fields map[string]json.RawMessage) (Inner, error) {
	method := "POST"
	if text, ok := fields["method"]; ok && !isText(text, &method) {
		return Inner{}, badBatch("a request in the batch has a method that is no text")
	}
	if !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, method) {
		return Inner{}, badBatch("a request in the batch has a method that is none of GET, POST, PUT, PATCH, DELETE")
	}
	var path string
	if !isText(fields["path"], &path) {
		return Inner{}, badBatch("a request in the batch has no path")
	}
	path, _, _ = strings.Cut(path, "?")
	at, err := routeOf(path)
	if err != nil || strings.Contains(path, "#") || (Meaning{API: m.API, Route: at}).IsBatch() {
		return Inner{}, badBatch("a request in the batch has a path that no batch can reach")
	}
	return Inner{method, m.API + at}, nil
}

// isText decodes a JSON string, and nothing else: null leaves a Go string as it is.
func isText(text json.RawMessage, into *string) bool {
	return len(text) > 0 && text[0] == '"' && json.Unmarshal(text, into) == nil
}

func badBatch(text string) error { return api.E(api.Invalid, ReasonBadBatch, text) }
