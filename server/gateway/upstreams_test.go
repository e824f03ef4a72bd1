package gateway

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
)

// TestReadUpstreams tests each part that an upstream's address must not have.
func TestReadUpstreams(t *testing.T) {
	for address, fine := range map[string]bool{
		"http://h": true, "https://h:1": true, "http://h/": true, "http://h/x": false, "http://h?x": false, "http://h#x": false, "http://u@h": false, "ftp://h": false, "//h": false, "http://": false, "/x": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkUpstream(u); (err == nil) != fine {
			t.Errorf("%s: checkUpstream: got %v, want an error: %v", address, err, !fine)
		}
	}
	if checkUpstream(nil) == nil {
		t.Error("checkUpstream accepts nil")
	}
	one, two := &url.URL{Scheme: "http", Host: "a"}, &url.URL{Scheme: "http", Host: "b"}
	for n, in := range []map[string]*url.URL{{}, {"a": one}, {"a": one, "b": two}} {
		out, err := readUpstreams(in)
		if err != nil || len(out) != n+n%2 || (out[""] != nil) != (n == 1) {
			t.Errorf("%v: got %v, %v; want the default upstream only where there is one", in, out, err)
		}
		credentials, err := readCredentials(map[string]UpstreamCredentials{}, out)
		if err != nil || len(credentials) != 0 {
			t.Errorf("got %v, %v; want 0 entries", credentials, err)
		}
	}
	if _, err := readUpstreams(map[string]*url.URL{"": one}); err == nil {
		t.Error("an upstream without a name")
	}
	var v UpstreamCredentials = fakeCredentials{}
	for _, tc := range []struct {
		name      string
		upstreams map[string]*url.URL
		want      string
	}{{"a", map[string]*url.URL{"a": one, "": one}, "[ a]"}, {"a", map[string]*url.URL{"a": one, "b": two}, "[a]"}, {"b", map[string]*url.URL{"a": one, "": one}, "error"}, {"", map[string]*url.URL{"a": one, "": one}, "error"}} {
		out, err := readCredentials(map[string]UpstreamCredentials{tc.name: v}, tc.upstreams)
		var names []string
		for name, is := range out {
			if is != nil {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		got := fmt.Sprint(names)
		if err != nil {
			got = "error"
		}
		if got != tc.want {
			t.Errorf("%+v: got %s, %v; want %s", tc, got, err, tc.want)
		}
	}
}

type fakeCredentials struct{ UpstreamCredentials }
