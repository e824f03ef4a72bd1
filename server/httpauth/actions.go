package httpauth

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
)

// Actions returns what a request does to its own resource besides what its method says, as
// one of WebDAV's methods (RFC 4918): a COPY reads it, a MOVE reads and deletes it, and both,
// as PROPFIND, act on all that is below unless Depth says otherwise, and so does
// DELETE. Methods whose body names other resources are marked Unread: nobody parses it.
// rawTarget is the request's own, as in [api.Attempt]; methods are those that the request
// may be taken for besides its own.
func Actions(r *http.Request, rawTarget string, methods ...string) []core.Target {
	out := actionsOf(nil, r, rawTarget, strings.ToUpper(r.Method))
	for _, method := range methods {
		out = actionsOf(out, r, rawTarget, method)
	}
	return out
}

func actionsOf(out []core.Target, r *http.Request, rawTarget, method string) []core.Target {
	if method == http.MethodDelete { // of WebDAV it deletes all below (RFC 4918 section 9.6.1)
		return append(out, core.Target{Method: method, RawTarget: rawTarget, Below: method, IfDAV: !isDAV(r)})
	}
	if !isExtension(method) {
		return out
	}
	if namesUnread(method) {
		out = append(out, core.Target{Method: method, RawTarget: rawTarget, Unread: true})
	}
	below := ""
	if isDeep(r, method) {
		below = method
		out = append(out, core.Target{Method: method, RawTarget: rawTarget, Below: below})
	}
	switch method {
	case "COPY":
		out = append(out, core.Target{Method: http.MethodGet, RawTarget: rawTarget, Below: below})
	case "MOVE", "REBIND":
		out = append(out,
			core.Target{Method: http.MethodGet, RawTarget: rawTarget, Below: below},
			core.Target{Method: http.MethodDelete, RawTarget: rawTarget, Below: below})
	}
	return out
}

// isDeep reports whether a method acts on all below a resource: those that take a Depth,
// unless it keeps them to the resource, or to the list of what it holds.
func isDeep(r *http.Request, method string) bool {
	depth := r.Header["Depth"]
	is := func(one string) bool { return len(depth) == 1 && strings.Trim(depth[0], " \t") == one }
	switch method {
	case "MOVE", "REBIND", "SEARCH", "REPORT": // whose body may list what it reads below (RFC 4791 section 7.9)
		return true
	case "COPY", "LOCK":
		return !is("0")
	case "PROPFIND":
		return !is("0") && !is("1")
	}
	return false
}

// namesUnread reports whether requests with a method name another resource in their body,
// or in a Link: those of bindings (RFC 5842), versions (RFC 3253), orders (RFC 3648),
// redirects (RFC 4437) and searches (RFC 5323), and of RFC 2068 section 19.6.1.
func namesUnread(method string) bool {
	switch method {
	case "BIND", "UNBIND", "REBIND", "MERGE", "UPDATE", "VERSION-CONTROL", "BASELINE-CONTROL", "CHECKOUT",
		"ORDERPATCH", "MKREDIRECTREF", "UPDATEREDIRECTREF", "SEARCH", "LINK", "UNLINK":
		return true
	}
	return false
}

// isDAV reports whether a request has a header of WebDAV.
func isDAV(r *http.Request) bool {
	return slices.ContainsFunc([]string{"Depth", "Destination", "Overwrite", "If", "Lock-Token"}, func(name string) bool {
		return len(r.Header[name]) > 0
	})
}

// deepest is the first of the methods that act on all below a resource; "" if none does.
func deepest(r *http.Request, methods []string) string {
	if method := strings.ToUpper(r.Method); isDeep(r, method) {
		return method
	}
	if i := slices.IndexFunc(methods, func(m string) bool { return isDeep(r, m) }); i >= 0 {
		return methods[i]
	}
	return ""
}
