package httpauth

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestAttemptFrom_connection: Connection cannot remove headers that the decision depends
// on.
func TestAttemptFrom_connection(t *testing.T) {
	refused := []string{"Content-Type", "content-encoding", "Content_Type", "close, Content-Type", "keep-alive ,\tCONTENT-LANGUAGE", "x\x00, depth", "Depth", "overwrite", "If", "X-Something-Copy-Source"}
	refused = append(refused, route.Resources()...)
	refused = append(refused, route.Overrides()...)
	for _, value := range refused {
		if _, err := AttemptFrom(withConnection(value), Trust{}); api.AsError(err).Reason != "bad_connection" || api.AsError(err).Code != api.Invalid {
			t.Errorf("Connection: %s: %v", value, err)
		}
		if _, err := AttemptFrom(withConnection("close", value), Trust{}); api.AsError(err).Reason != "bad_connection" {
			t.Errorf("Connection: close and %s: %v", value, err)
		}
	}
	for options, want := range map[int]bool{1: true, 32: true, 33: false, 30_000: false} {
		_, err := AttemptFrom(withConnection(strings.Repeat("a,", options-1)+"a"), Trust{})
		if (err == nil) != want || err != nil && api.ReasonOf(err) != "bad_connection" {
			t.Errorf("%d options: %v", options, err)
		}
		if _, err := AttemptFrom(withConnection(slices.Repeat([]string{"a"}, options)...), Trust{}); (err == nil) != want {
			t.Errorf("%d headers: got %v, want an error: %v", options, err, !want)
		}
	}
	for _, value := range []string{"close", "Keep-Alive", "Upgrade, HTTP2-Settings", "TE", "Content-Length", "X-Forwarded-For", "X-Auth-User", "Host", "Contents", "Depths", "", ",,"} {
		if _, err := AttemptFrom(withConnection(value), Trust{}); err != nil {
			t.Errorf("Connection: %s: %v", value, err)
		}
	}
}

func withConnection(values ...string) *http.Request {
	r := httptest.NewRequest("COPY", "http://gate.test/docs", nil)
	r.RequestURI, r.Header["Connection"] = "/docs", values
	return r
}
