package native

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
)

// maxBody is more than any request of this dialect needs, in bytes.
const maxBody = 64 << 10

// read decodes the JSON object that a request carries into v. Anything else is
// an Invalid error that says what was expected.
func read(r *http.Request, v any) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return api.E(api.Invalid, "bad_content_type", "send a JSON object with Content-Type: application/json")
	}
	dec := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	if err := dec.Decode(v); err != nil {
		return api.Wrap(api.Invalid, "bad_json", "the body is not the JSON object that is expected here", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return api.E(api.Invalid, "bad_json", "the body goes on after the JSON object")
	}
	return nil
}
