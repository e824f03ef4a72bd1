package guard_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/guard"
)

// TestHandler_actions has a line for each way in which a handler may read, write or
// delete more than the path of the request line. Anna is an editor without access to the
// closed paths.
func TestHandler_actions(t *testing.T) {
	rules := []route.Rule{
		{Name: "secret", Path: "/api/docs/secret/**", Roles: []string{"administrator"}},
		{Name: "admin", Path: "/api/admin/**", Roles: []string{"administrator"}},
		{Name: "kept", Path: "/api/kept/**", Methods: []string{"DELETE"}, Roles: []string{"administrator"}},
		{Name: "unread", Path: "/api/unread/**", Methods: []string{"GET"}, Roles: []string{"administrator"}},
		{Name: "under", Path: "/api/named/secret/**", Roles: []string{"administrator"}},
		{Name: "named", Path: "/api/named/**", Methods: []string{"COPY", "PROPFIND", "BIND"}},
		{Name: "gone", Path: "/api/gone/**", Methods: []string{"GET", "DELETE"}},
		{Name: "binned", Path: "/api/gone/secret/**", Roles: []string{"administrator"}},
		{Name: "bin", Path: "/api/bin/**", Methods: []string{"MKCOL"}},
		{Name: "empty", Path: "/api/bin/**", Methods: []string{"DELETE"}},
		{Name: "bottom", Path: "/api/bin/secret/**", Roles: []string{"administrator"}},
		{Name: "all", Path: "/**"},
	}
	for _, c := range []struct {
		line, destination, depth, overwrite string
		refused                             bool
	}{
		{line: "COPY /api/x/f", destination: "/api/y"},
		{line: "MOVE /api/x/f", destination: "/api/y"},
		{line: "COPY /api/x/f", destination: "/api/admin/y", refused: true},
		{line: "COPY /api/x/f", destination: "/admin/y", refused: true}, // as the handler reads it
		{line: "COPY /api/x/f", destination: "http://example.com/admin/y", refused: true},
		{line: "COPY /api/x/f", destination: "/%61dmin/y", refused: true},
		{line: "COPY /api/x/f", destination: "/admin./y", refused: true},
		{line: "COPY /api/x/f", destination: "/admin/", refused: true},
		{line: "POST /api/x/f?_method=MOVE", destination: "/admin/y", refused: true},

		{line: "COPY /api/docs", destination: "/loot", refused: true},
		{line: "COPY /api/docs", destination: "/loot", depth: "infinity", refused: true},
		{line: "COPY /api/docs", destination: "/loot", depth: "0"},
		{line: "COPY /api/docs", destination: "/loot", depth: "1", refused: true},
		{line: "COPY /api", destination: "/loot", refused: true},
		{line: "COPY /api/docs/open", destination: "/loot"},
		{line: "MOVE /api/docs", destination: "/loot", refused: true},
		{line: "MOVE /api/docs", destination: "/loot", depth: "0", refused: true},
		{line: "COPY /api/mine", destination: "/api/docs", refused: true},
		{line: "COPY /api/mine", destination: "/docs", refused: true},
		{line: "POST /api/docs?_method=COPY", destination: "/loot", refused: true},
		{line: "PROPFIND /api/docs", refused: true},
		{line: "PROPFIND /api/docs", depth: "infinity", refused: true},
		{line: "PROPFIND /api/docs", depth: "1"},
		{line: "PROPFIND /api/docs", depth: "0"},
		{line: "PROPFIND /api/x"},
		{line: "LOCK /api/docs", refused: true},
		{line: "SEARCH /api/docs", depth: "0", refused: true},
		{line: "REPORT /api/docs", depth: "infinity", refused: true},
		{line: "REPORT /api/docs", refused: true}, // its body may list what it reads
		{line: "REPORT /api/x"},
		{line: "BIND /api/x", refused: true},
		{line: "BIND /api/named"},
		{line: "UNBIND /api/named", refused: true},
		{line: "REBIND /api/x/f", destination: "/api/y", refused: true},
		{line: "POST /api/x?_method=BIND", refused: true},
		{line: "MERGE /api/x", refused: true},
		{line: "LINK /api/x", refused: true},
		{line: "CHECKIN /api/x"},
		{line: "PROPFIND /api/named"},
		{line: "COPY /api/named", destination: "/loot"},
		{line: "MOVE /api/named", destination: "/loot", refused: true}, // the rule names only COPY
		{line: "COPY /api/mine", destination: "/api/named"},
		{line: "DELETE /api/gone"}, // one resource, as its rule intends
		{line: "DELETE /api/gone", depth: "infinity", refused: true},
		{line: "COPY /api/mine", destination: "/api/gone", depth: "0", refused: true}, // COPY deletes the destination
		{line: "DELETE /api/bin", depth: "infinity"},
		{line: "DELETE /api/bin"},
		{line: "MKCOL /api/docs"},
		{line: "GET /api/docs", depth: "infinity"},

		{line: "MOVE /api/kept/f", destination: "/loot", refused: true},
		{line: "COPY /api/kept/f", destination: "/loot", refused: true}, // it deletes /api/kept/loot first
		{line: "COPY /api/kept/f", destination: "/loot", overwrite: "F"},
		{line: "COPY /api/unread/f", destination: "/loot", refused: true},
		{line: "MOVE /api/unread/f", destination: "/loot", refused: true},
		{line: "MOVE /api/unread/f", refused: true},
	} {
		for _, prefix := range []string{"", "/api"} {
			e, _ := engineOf(t, core.Policy{Rules: rules}, nil, 0)
			g := guard.New(guard.Config{Engine: e, Prefix: prefix})
			var ok http.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
			h := g.Handler(http.StripPrefix("/api", ok))
			if prefix != "" {
				h = http.StripPrefix("/api", g.Handler(ok))
			}
			r := davRequest(c.line)
			if c.destination != "" {
				r.Header.Set("Destination", c.destination)
			}
			if c.depth != "" {
				r.Header.Set("Depth", c.depth)
			}
			if c.overwrite != "" {
				r.Header.Set("Overwrite", c.overwrite)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if (w.Code != 200) != c.refused || w.Code >= 500 {
				t.Errorf("prefix %q: %s to %q, depth %q: %d %s", prefix, c.line, c.destination, c.depth, w.Code, w.Body)
			}
		}
	}
}

// TestHandler_wholeDestinations: if handlers read whole paths, prefixes are not guessed.
func TestHandler_wholeDestinations(t *testing.T) {
	rules := []route.Rule{{Name: "write", Path: "/read/**", Methods: []string{"PUT"}, Roles: []string{"administrator"}}, {Name: "all", Path: "/**"}}
	e, _ := engineOf(t, core.Policy{Rules: rules}, nil, 0)
	for whole, want := range map[bool]int{false: 400, true: 200} {
		r, w := davRequest("COPY /read/x"), httptest.NewRecorder()
		r.Header.Set("Destination", "/y")
		guard.New(guard.Config{Engine: e, WholeDestinations: whole}).Handler(routed).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("whole %v: got %d %s, want Code %v", whole, w.Code, w.Body, want)
		}
	}
}

// TestRequire_targets: Require also applies to requests that name the handler's path as a
// second resource, and to those that act on everything below a parent path.
func TestRequire_targets(t *testing.T) {
	for _, c := range []struct {
		line, header, value string
		roles               []string
		want                int
	}{
		{"MOVE /x", "Destination", "/admin/y", []string{"administrator"}, 403},
		{"PUT /x", "X-Amz-Copy-Source", "/admin/y", []string{"administrator"}, 403},
		{"POST /x?_method=MOVE", "Destination", "/admin/y", []string{"administrator"}, 403},
		{"MOVE /x", "Destination", "/admin/y", []string{"administrator", "editor"}, 200},
		{"MOVE /x", "Destination", "/admin/y", nil, 200},
		{"GET /x", "Destination", "/admin/y", []string{"administrator"}, 200},
		{"PUT /x", "", "", []string{"administrator"}, 200},
		{"PROPFIND /", "Depth", "infinity", []string{"administrator"}, 403},
		{"PROPFIND /", "Depth", "1", []string{"administrator"}, 200},
		{"PROPFIND /", "Depth", "infinity", []string{"editor"}, 200},
		{"PROPFIND /named", "Depth", "infinity", []string{"administrator"}, 200}, // the rule names PROPFIND
		{"POST /?_method=LOCK", "", "", []string{"administrator"}, 403},
		{"LOCK /", "Depth", "0", []string{"administrator"}, 200},
		{"MOVE /x", "", "", []string{"administrator"}, 403},
		{"DELETE /x", "", "", []string{"administrator"}, 200},
		{"DELETE /dav", "", "", []string{"administrator"}, 403}, // of WebDAV, by the rule for existing resources
		{"DELETE /x", "Depth", "infinity", []string{"administrator"}, 403},
	} {
		e, _ := engineOf(t, core.Policy{Rules: []route.Rule{
			{Name: "named", Path: "/named/**", Methods: []string{"PROPFIND"}},
			{Name: "dav", Path: "/dav/**", Methods: []string{"MKCOL"}}, {Name: "all", Path: "/**"},
		}}, nil, 0)
		g, mux := guard.New(guard.Config{Engine: e}), http.NewServeMux()
		ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		mux.Handle("/", ok)
		mux.Handle("/admin/", g.Require(c.roles...)(ok))
		r, w := davRequest(c.line), httptest.NewRecorder()
		if c.header != "" {
			r.Header.Set(c.header, c.value)
		}
		if g.Handler(mux).ServeHTTP(w, r); w.Code != c.want {
			t.Errorf("%s, %s: %s, required %v: got %d %s, want Code %v", c.line, c.header, c.value, c.roles, w.Code, w.Body, c.want)
		}
	}
}

// TestHandler_guardsDiffer: a guard below another of the same engine uses its decision,
// and also reads the request in its own way.
func TestHandler_guardsDiffer(t *testing.T) {
	rules := []route.Rule{{Name: "write", Path: "/read/**", Methods: []string{"PUT"}, Roles: []string{"administrator"}}, {Name: "all", Path: "/**"}}
	for _, c := range []struct {
		name   string
		whole  bool     // Config of the guard below
		needs  []string // by its Require
		others []string // roles of another Require of it
		want   int
	}{
		{name: "both alike", whole: true, want: 200},
		{name: "the one below cuts prefixes off", want: 400},
		{name: "its Require", whole: true, needs: []string{"editor"}, want: 200},
		{name: "another Require of it", whole: true, needs: []string{"editor"}, others: []string{"administrator"}, want: 403},
	} {
		e, _ := engineOf(t, core.Policy{Rules: rules}, nil, 0)
		outer := guard.New(guard.Config{Engine: e, WholeDestinations: true})
		inner := guard.New(guard.Config{Engine: e, WholeDestinations: c.whole})
		if c.others != nil {
			inner.Require(c.others...)
		}
		r, w := davRequest("COPY /read/x"), httptest.NewRecorder()
		r.Header.Set("Destination", "/y")
		chain(routed, outer.Handler, inner.Handler, inner.Require(c.needs...)).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d %s, want %d", c.name, w.Code, w.Body, c.want)
		}
	}
}

// davRequest returns a request of anna's with a method and target.
func davRequest(line string) *http.Request {
	method, target, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, target, nil)
	r.SetBasicAuth("anna", "correct-horse")
	return r
}
