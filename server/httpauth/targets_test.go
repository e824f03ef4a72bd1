package httpauth_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// TestTargets has a line for each form in which a request may name a second resource. An
// empty want is a refusal.
func TestTargets(t *testing.T) {
	none := []string{}
	for _, c := range []struct {
		method, host, name string
		values, overwrite  []string
		others             []string
		want               []string
	}{
		{method: "MOVE", values: []string{"/b"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "MOVE", overwrite: []string{"F"}, values: []string{"/b"}, want: []string{"PUT /b"}},
		{method: "MOVE", overwrite: []string{"f"}, values: []string{"/b"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "MOVE", overwrite: []string{"T"}, values: []string{"/b"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "MOVE", overwrite: []string{"F", "T"}, values: []string{"/b"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "COPY", values: []string{" /b?x "}, want: []string{"PUT /b?x", "DELETE /b?x"}},
		{method: "COPY", values: []string{"http://dav.example/b"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "COPY", values: []string{"HTTPS://DAV.example.:443/b/"}, want: []string{"PUT /b/", "DELETE /b/"}},
		{method: "COPY", values: []string{"http://dav.example"}, want: []string{"PUT /", "DELETE /"}},
		{method: "COPY", host: "dav.example:8080", values: []string{"http://dav.example:8080/b"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "COPY", host: "dav.example:80", values: []string{"http://dav.example/b"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "REBIND", values: []string{"/b"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "MOVE", name: "X_destination", values: []string{"/b"}, want: none}, // no header of that kind
		{method: "MOVE", name: "X-HTTP-Destinationurl", values: []string{"/b"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "MOVE", name: "X_HTTP_DestinationURL", values: []string{"/b"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "POST", values: []string{"/b"}, others: []string{"MOVE"}, want: []string{"PUT /b", "DELETE /b"}},
		{method: "POST", values: []string{"Paris"}, want: none},
		{method: "GET", values: []string{"Paris"}, want: none},
		{method: "PUT", name: "X-Amz-Copy-Source", values: []string{"bucket/key"}, want: []string{"GET /bucket/key"}},
		{method: "PUT", name: "X-Amz-Copy-Source", values: []string{"/bucket/key?versionId=1"}, want: []string{"GET /bucket/key?versionId=1"}},
		{method: "PUT", name: "X-Copy-From", values: []string{"/c/o"}, want: []string{"GET /c/o"}},
		{method: "PUT", name: "X-Ms-Rename-Source", values: []string{"/c/o"}, want: []string{"GET /c/o", "DELETE /c/o"}},
		{method: "PUT", name: "X-Ms-Copy-Source", values: []string{"https://dav.example/c/o"}, want: []string{"GET /c/o"}},

		{method: "PUT", name: "X-Oss-Copy-Source", values: []string{"/b/k"}, want: []string{"GET /b/k"}},
		{method: "PUT", name: "x-new-copy-source", values: []string{"/b/k"}, want: []string{"GET /b/k"}},
		{method: "PUT", name: "X_New_Copy_Source", values: []string{"/b/k"}, want: []string{"GET /b/k"}},
		{method: "PUT", name: "X-Upyun-Move-Source", values: []string{"/b/k"}, want: []string{"GET /b/k", "DELETE /b/k"}},
		{method: "PUT", name: "X-Ms-File-Rename-Source", values: []string{"/b/k"}, want: []string{"GET /b/k", "DELETE /b/k"}},
		{method: "PUT", name: "X-Oss-Symlink-Target", values: []string{"k"}, want: []string{"GET /k"}},
		{method: "PUT", name: "X-Symlink-Target", values: []string{"c/o"}, want: []string{"GET /c/o"}},
		{method: "PUT", name: "X-Object-Manifest", values: []string{"c/be"}, want: []string{"GET /c"}},
		{method: "PUT", name: "X-Amz-Copy-Source-Range", values: []string{"bytes=0-9"}, want: none},
		{method: "PUT", name: "X-Source", values: []string{"Paris"}, want: none},
		{method: "PUT", name: "X-Amz-Copy-Source", values: []string{"arn:aws:s3:r:1:accesspoint/p/object/k"}},
		{method: "PUT", name: "X-Copy-From-Account", values: []string{"AUTH_b"}},
		{method: "COPY", name: "Destination-Account", values: []string{"AUTH_b"}},

		{method: "PUT", name: "X-Ms-Copy-Source", values: []string{"https://other.example/c/o"}},
		{method: "MOVE", values: []string{""}},
		{method: "MOVE", values: []string{"b"}},
		{method: "MOVE", values: []string{"//other.example/b"}},
		{method: "MOVE", values: []string{"http:/b"}},
		{method: "MOVE", values: []string{"http:///b"}},
		{method: "MOVE", values: []string{"ftp://dav.example/b"}},
		{method: "MOVE", values: []string{"http://other.example/b"}},
		{method: "MOVE", values: []string{"http://dav.example:8080/b"}},
		{method: "MOVE", values: []string{"http://dav.example@other.example/b"}},
		{method: "MOVE", values: []string{`http://dav.example\@other.example/b`}},
		{method: "MOVE", values: []string{"http://user@dav.example/b"}},
		{method: "MOVE", values: []string{"/a/../b"}},
		{method: "MOVE", values: []string{"/a%2fb"}},
		{method: "MOVE", values: []string{"/b#c"}},
		{method: "MOVE", values: []string{"/b c"}, want: []string{"PUT /b c", "DELETE /b c"}},
		{method: "MOVE", values: []string{"/a\x00b"}},
		{method: "MOVE", values: []string{"http://dav.example//b"}},
		{method: "MOVE", values: []string{"/b", "/c"}},
		{method: "POST", values: []string{"b"}, others: []string{"COPY"}},
	} {
		r := httptest.NewRequest(c.method, "/a", nil)
		r.Host = "dav.example"
		if c.host != "" {
			r.Host = c.host
		}
		name := "Destination"
		if c.name != "" {
			name = http.CanonicalHeaderKey(c.name)
		}
		r.Header[name] = c.values
		if c.overwrite != nil {
			r.Header["Overwrite"] = c.overwrite
		}
		got, err := httpauth.NewTargets().Of(r, c.others...)
		list := none
		for _, x := range got {
			list = append(list, x.Method+" "+x.RawTarget)
		}
		if c.want == nil && api.ReasonOf(err) != httpauth.ReasonBadDestination || c.want != nil && (err != nil || !slices.Equal(list, c.want)) {
			t.Errorf("%s with %s: %q: got %q, %v, want %q", c.method, name, c.values, list, err, c.want)
		}
	}
}

// TestActions has a line for each method that affects more than its own resource.
func TestActions(t *testing.T) {
	for _, c := range []struct {
		method string
		depth  []string
		others []string
		want   string
	}{
		{"COPY", nil, nil, "COPY below COPY, GET below COPY"},
		{"COPY", []string{"infinity"}, nil, "COPY below COPY, GET below COPY"},
		{"COPY", []string{" 0 "}, nil, "GET"},
		{"COPY", []string{"0", "infinity"}, nil, "COPY below COPY, GET below COPY"},
		{"copy", nil, nil, "COPY below COPY, GET below COPY"},
		{"MOVE", []string{"0"}, nil, "MOVE below MOVE, GET below MOVE, DELETE below MOVE"},
		{"REBIND", nil, nil, "REBIND unread, REBIND below REBIND, GET below REBIND, DELETE below REBIND"},
		{"PROPFIND", nil, nil, "PROPFIND below PROPFIND"},
		{"PROPFIND", []string{"1,noroot"}, nil, "PROPFIND below PROPFIND"},
		{"PROPFIND", []string{"1"}, nil, ""},
		{"LOCK", nil, nil, "LOCK below LOCK"},
		{"LOCK", []string{"0"}, nil, ""},
		{"REPORT", nil, nil, "REPORT below REPORT"}, // calendar-multiget has no Depth, and lists the resources that it reads
		{"REPORT", []string{"0"}, nil, "REPORT below REPORT"},
		{"SEARCH", []string{"0"}, nil, "SEARCH unread, SEARCH below SEARCH"},
		{"BIND", nil, nil, "BIND unread"}, {"UNBIND", nil, nil, "UNBIND unread"}, {"merge", nil, nil, "MERGE unread"},
		{"UPDATE", nil, nil, "UPDATE unread"}, {"VERSION-CONTROL", nil, nil, "VERSION-CONTROL unread"},
		{"BASELINE-CONTROL", nil, nil, "BASELINE-CONTROL unread"}, {"CHECKOUT", nil, nil, "CHECKOUT unread"},
		{"ORDERPATCH", nil, nil, "ORDERPATCH unread"}, {"MKREDIRECTREF", nil, nil, "MKREDIRECTREF unread"},
		{"UPDATEREDIRECTREF", nil, nil, "UPDATEREDIRECTREF unread"}, {"LINK", nil, nil, "LINK unread"}, {"UNLINK", nil, nil, "UNLINK unread"},
		{"BDELETE", nil, nil, "BDELETE unread"}, {"BMOVE", nil, nil, "BMOVE unread"}, {"BCOPY", nil, nil, "BCOPY unread"}, {"BPROPPATCH", nil, nil, "BPROPPATCH unread"},
		{"LABEL", []string{"infinity"}, nil, "LABEL unread"}, {"ANYTHING", nil, nil, "ANYTHING unread"}, {"ACL", nil, nil, ""}, {"PURGE", nil, nil, ""}, {"MKCALENDAR", nil, nil, ""}, {"RPC_IN_DATA", nil, nil, ""},
		{"POST", nil, []string{"BIND"}, "BIND unread"}, {"CHECKIN", nil, nil, ""}, {"QUERY", nil, nil, ""}, {"PATCH", nil, nil, ""},
		{"POST", nil, []string{"MOVE"}, "MOVE below MOVE, GET below MOVE, DELETE below MOVE"},
		{"POST", nil, []string{"DELETE"}, "DELETE below DELETE if DAV"},
		{"MKCOL", nil, nil, ""}, {"PROPPATCH", nil, nil, ""}, {"UNLOCK", nil, nil, ""},
		{"GET", []string{"infinity"}, nil, ""}, {"DELETE", nil, nil, "DELETE below DELETE if DAV"},
		{"DELETE", []string{"infinity"}, nil, "DELETE below DELETE"}, {"DELETE", []string{"0"}, nil, "DELETE below DELETE"},
	} {
		r := httptest.NewRequest(c.method, "/a", nil)
		if c.depth != nil {
			r.Header["Depth"] = c.depth
		}
		var list []string
		for _, x := range httpauth.Actions(r, "/a", c.others...) {
			if text := x.Method; x.Unread {
				list = append(list, text+" unread")
			} else if x.IfDAV {
				list = append(list, text+" below "+x.Below+" if DAV")
			} else if x.Below != "" {
				list = append(list, text+" below "+x.Below)
			} else {
				list = append(list, text)
			}
			if x.RawTarget != "/a" {
				t.Errorf("%s: target %q", c.method, x.RawTarget)
			}
		}
		if got := strings.Join(list, ", "); got != c.want {
			t.Errorf("%s with depth %q, others %q: got %q, want %q", c.method, c.depth, c.others, got, c.want)
		}
	}
}

// TestActions_dav: a DELETE with any header of WebDAV acts on everything below.
func TestActions_dav(t *testing.T) {
	for name, want := range map[string]bool{
		"Depth": true, "Destination": true, "Overwrite": true, "If": true, "Lock-Token": true, "If-Match": false, "Timeout": false, "X-Depth": false,
	} {
		r := httptest.NewRequest("DELETE", "/a", nil)
		r.Header[name] = []string{"x"}
		list := httpauth.Actions(r, "/a")
		if len(list) != 1 || list[0].IfDAV == want || list[0].Below != "DELETE" {
			t.Errorf("DELETE with %s: got %+v, want it to be WebDAV's: %v", name, list, want)
		}
	}
}
