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
	full := &Reading{Meaning: Meaning{Path: "/a"}, Also: []Meaning{{Path: "/b"}, {Path: "/c"}}}
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

// TestReading_pages: what may be a page, and what is known to be read so.
func TestReading_pages(t *testing.T) {
	page, rest := Meaning{Path: "/a"}, Meaning{Path: "/wp-json/x", API: "/wp-json"}
	for name, c := range map[string]struct {
		r               *Reading
		mayBePage, know bool
	}{
		"none": {nil, true, false}, "literal": {&Reading{}, true, false}, "a page": {&Reading{Meaning: page}, true, true}, "a route": {&Reading{Meaning: rest}, false, true},
		"either": {&Reading{Meaning: rest, Also: []Meaning{page}}, true, true}, "two routes": {&Reading{Meaning: rest, Also: []Meaning{rest}}, false, true},
		"assumed": {&Reading{Meaning: page, Assumed: true}, true, false}, "an assumed route": {&Reading{Meaning: rest, Assumed: true}, false, false},
	} {
		if c.r.MayBePage() != c.mayBePage || c.r.IsKnown() != c.know {
			t.Errorf("%s: may be a page: %v, is known: %v; want %v, %v", name, c.r.MayBePage(), c.r.IsKnown(), c.mayBePage, c.know)
		}
	}
}
