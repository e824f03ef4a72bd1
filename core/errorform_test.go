package core_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/cardea-auth/cardea/core"
)

// TestErrorResponse_form: a hook cannot change the form of a refusal.
func TestErrorResponse_form(t *testing.T) {
	h := withHooks(t, func(hs *core.Hooks) {
		err := hs.ErrorResponse.Bind("form", func(_ context.Context, r core.ErrorResponse) (core.ErrorResponse, error) {
			r.Form = func(*core.ErrorResponse, http.Header) []byte { return []byte("the hook's") }
			return r, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	r := h.ErrorResponse(t.Context(), core.ErrorResponse{
		Status: 401, Form: func(*core.ErrorResponse, http.Header) []byte { return []byte("ours") },
	})
	if got := string(r.Form(&r, nil)); got != "ours" {
		t.Errorf("got %q, want \"ours\"", got)
	}
}
