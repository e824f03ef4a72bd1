package wordpress

import (
	"slices"
	"testing"
)

// TestNamespace_find: a route that is named goes before a pattern, whatever their
// order, and each method is told once.
func TestNamespace_find(t *testing.T) {
	n := Namespace{Routes: []Route{
		{Method: "GET", Path: "/tokens/{id}"},
		{Method: "PUT", Path: "/tokens/{id}"},
		{Method: "GET", Path: "/tokens/metrics"},
		{Method: "GET", Path: "/tokens/metrics"},
	}}
	for _, c := range []struct {
		path, method, want string
		methods            []string
	}{
		{"/tokens/metrics", "GET", "/tokens/metrics", []string{"GET"}},
		{"/Tokens/METRICS", "HEAD", "/tokens/metrics", []string{"GET"}},
		{"/tokens/metrics", "PUT", "", []string{"GET"}},
		{"/tokens/7", "PUT", "/tokens/{id}", []string{"GET", "PUT"}},
		{"/tokens", "GET", "", nil},
	} {
		methods, found := n.find(c.path, c.method)
		got := ""
		if found != nil {
			got = found.Path
		}
		if got != c.want || !slices.Equal(methods, c.methods) {
			t.Errorf("%s %s: got %q, %v; want %q, %v", c.method, c.path, got, methods, c.want, c.methods)
		}
	}
}
