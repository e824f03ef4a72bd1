package fetch

import (
	"net/url"
	"testing"
)

// TestWithPath: a URL without a path is judged as the request that it becomes; others, and
// the caller's own, stay.
func TestWithPath(t *testing.T) {
	for text, want := range map[string]string{
		"https://a.example": "https://a.example/", "https://a.example?x=1": "https://a.example/?x=1",
		"https://a.example/": "https://a.example/", "https://a.example/b": "https://a.example/b",
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := withPath(u).String(); got != want || u.String() != text {
			t.Errorf("%s: got %s, want %s; the caller's is %s", text, got, want, u)
		}
	}
}
