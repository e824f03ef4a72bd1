package route

import "testing"

// TestMeaning_Name returns a route without its trailing slash.
func TestMeaning_Name(t *testing.T) {
	for m, want := range map[Meaning]string{
		{}: "page", {Route: "/a"}: "page", {API: "/r"}: "/", {API: "/r", Route: "/"}: "/", {API: "/r", Route: "/A"}: "/A", {API: "/r", Route: "/a/"}: "/a",
	} {
		if got := m.Name(); got != want {
			t.Errorf("%+v: got %q, want %q", m, got, want)
		}
	}
}

// TestReading_All yields each meaning once, until the caller stops.
func TestReading_All(t *testing.T) {
	full := &Reading{Meaning{Path: "/a"}, []Meaning{{Path: "/b"}, {Path: "/c"}}}
	for most, want := range []string{"", "/a", "/a/b", "/a/b/c", "/a/b/c"} {
		got := ""
		for m := range full.All() {
			if most--; most < 0 {
				break
			}
			got += m.Path
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, empty := range []*Reading{nil, {}, {Also: []Meaning{{Path: "/b"}}}} {
		for m := range empty.All() {
			t.Errorf("%v yields %v", empty, m)
		}
	}
}
