package point

import "testing"

// TestCopyHeaders copies the headers that a hook may set, except Content-Type.
func TestCopyHeaders(t *testing.T) {
	r := &ErrorResponse{Headers: map[string][]string{"x-help": {"a", "b"}, "Content-Type": {"application/problem+json"}, "X Help": {"c"}}}
	got := map[string][]string{"X-There": {"d"}}
	r.CopyHeaders(got)
	if len(got) != 2 || len(got["X-Help"]) != 2 || got["X-There"][0] != "d" {
		t.Errorf("got %v, want two values of X-Help and d for X-There", got)
	}
}
