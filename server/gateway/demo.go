package gateway

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// demoMaxBody is the largest body that the demo upstream reads, in bytes.
const demoMaxBody = 64 << 20

// seen is the demo upstream's response.
type seen struct {
	Method    string      `json:"method"`
	Target    string      `json:"target"`
	Host      string      `json:"host"`
	Headers   http.Header `json:"headers"`
	BodyBytes int64       `json:"body_bytes"`
}

// Demo returns an upstream for trying out a gateway. It responds with the request as
// JSON, {"method","target","host","headers","body_bytes"}: target as on the wire, headers
// as an object of arrays. It reads bodies of up to 64 MiB.
func Demo() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, demoMaxBody))
		if err != nil {
			httpauth.Answer(w, http.StatusBadRequest, "bad_body", "the request body cannot be read")
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.Encode(seen{r.Method, r.RequestURI, r.Host, r.Header, n}) // the client may have disconnected
	})
}
