package compiled

import (
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/route"
)

// TestViewsOf: hooks are called for each way to read a request, or for its path alone if
// there is only one.
func TestViewsOf(t *testing.T) {
	a := &api.Attempt{Method: "GET", Host: "H", Path: "/x"}
	for want, at := range map[string]*Target{
		"/x":    {Host: "h"},
		"/x ":   {Host: "h", Read: &route.Reading{}},
		"/a":    {Host: "h", Read: &route.Reading{Meaning: route.Meaning{Path: "/a"}}},
		"/a /b": {Host: "h", Read: &route.Reading{Meaning: route.Meaning{Path: "/a"}, Also: []route.Meaning{{Path: "/b"}}}},
		"":      nil,
	} {
		var got []string
		for seen := range at.Views(a) {
			got = append(got, seen.Path)
			if at != nil && seen.Host != "h" {
				t.Errorf("host %q", seen.Host)
			}
		}
		if strings.Join(got, " ") != strings.TrimSpace(want) {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

// TestShown: points that decide nothing see the first way to read a request with its
// normalized host, or an invalid host unchanged.
func TestShown(t *testing.T) {
	table, err := route.Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &Policy{Hooks: point.NewHooks(), Rules: table}
	p.Read = func(_, method, path, query string) (r route.Reading, err error) {
		if query == "broken" {
			return r, errors.New("broken")
		}
		if query != "" {
			r.Meaning = route.Meaning{Method: "POST", Path: query}
		}
		return r, nil
	}
	for want, a := range map[string]*api.Attempt{
		"GET h /x":   {Method: "GET", Host: "H:443", Path: "/x"},
		"GET h /y":   {Method: "GET", Host: "h", Path: "/y", Query: "broken"},
		"POST h /z":  {Method: "GET", Host: "h", Path: "/x", Query: "/z"},
		"GET  /here": {Method: "GET", Host: "no host", Path: "/here", Query: "/z"},
		"GET h ":     {Method: "GET", Host: "h", Query: "/z"},
	} {
		if got := p.Shown(a); got.Method+" "+got.Host+" "+got.Path != want {
			t.Errorf("got %s %s %s, want %s", got.Method, got.Host, got.Path, want)
		}
	}
	if p.Shown(nil) != nil {
		t.Error("nothing became something")
	}
	p.Read = nil
	if got := p.Shown(&api.Attempt{Method: "GET", Host: "h", Path: "/x", Query: "/z"}); got.Path != "/x" {
		t.Errorf("nothing reads it: %s", got.Path)
	}
}
