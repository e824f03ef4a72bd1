package native

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

// maxBody bounds request bodies, in bytes; no request needs more.
const maxBody = 64 << 10

// read decodes the JSON object in a request body into v. Other bodies are an Invalid
// error that says what is expected.
func read(r *http.Request, v any) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return api.E(api.Invalid, "bad_content_type", "send a JSON object with Content-Type: application/json")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if busy, ok := errors.AsType[*api.Error](err); ok {
		return busy
	}
	if err != nil || len(body) > maxBody {
		return api.Wrap(api.Invalid, "bad_json", "the body is too large or was cut off", err)
	}
	// encoding/json replaces invalid UTF-8 by U+FFFD, which could make two names equal.
	if !utf8.Valid(body) || !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
		return api.E(api.Invalid, "bad_json", "the body is not a JSON object in UTF-8")
	}
	if err := json.Unmarshal(body, v); err != nil {
		return api.Wrap(api.Invalid, "bad_json", "the body is not the JSON object that is expected here", err)
	}
	return nil
}
