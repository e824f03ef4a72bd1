package httpauth

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
)

// Actions returns what a request does to its own resource in addition to its method, if
// it is one of WebDAV's methods (RFC 4918): COPY reads it, MOVE reads and deletes it;
// both act, like PROPFIND, on all resources below unless Depth says otherwise, and so
// does DELETE. Methods whose body names other resources are marked Unread, since nothing
// parses the body. rawTarget is the request's own, as in [api.Attempt]; methods are the
// other methods that the request may be interpreted as.
func Actions(r *http.Request, rawTarget string, methods ...string) []core.Target {
	out := actionsOf(nil, r, rawTarget, strings.ToUpper(r.Method))
	for _, method := range methods {
		out = actionsOf(out, r, rawTarget, method)
	}
	return out
}

func actionsOf(out []core.Target, r *http.Request, rawTarget, method string) []core.Target {
	if method == http.MethodDelete { // in WebDAV it deletes all below (RFC 4918 section 9.6.1)
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

// isDeep reports whether a method acts on all resources below: those with a Depth header,
// unless Depth limits them to the resource or its direct members.
func isDeep(r *http.Request, method string) bool {
	depth := r.Header["Depth"]
	is := func(one string) bool { return len(depth) == 1 && strings.Trim(depth[0], " \t") == one }
	switch method {
	case "MOVE", "REBIND", "SEARCH", "REPORT": // their bodies may list resources below (RFC 4791 section 7.9)
		return true
	case "COPY", "LOCK":
		return !is("0")
	case "PROPFIND":
		return !is("0") && !is("1")
	}
	return false
}

// namesUnread reports whether a request with a method may name another resource in its body
// or in a Link, or act on those below in another way than Depth says: all methods may, except
// those of RFC 4918, 3744, 3253, 4791, UPnP and caches that are known not to. Methods of
// bindings (RFC 5842), ordered collections (RFC 3648), redirect references (RFC 4437), search
// (RFC 5323), RFC 2068 section 19.6.1 and Exchange do.
func namesUnread(method string) bool {
	switch method {
	case "COPY", "MOVE", "LOCK", "PROPFIND", "REPORT", // as far as isDeep says otherwise
		"MKCOL", "PROPPATCH", "UNLOCK", "ACL", "CHECKIN", "UNCHECKOUT", "MKACTIVITY", "MKWORKSPACE", "MKCALENDAR",
		"SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "M-SEARCH", "PURGE", "BAN", "QUERY", "LIST", "SCAN", // LIST and SCAN are Vault's
		"BITS_POST", "RPC_IN_DATA", "RPC_OUT_DATA", "RDG_IN_DATA", "RDG_OUT_DATA", "SSTP_DUPLEX_POST", "SOURCE": // tunnels and uploads
		return false
	}
	return true
}

// isDAV reports whether a request has a WebDAV header.
func isDAV(r *http.Request) bool {
	return slices.ContainsFunc([]string{"Depth", "Destination", "Overwrite", "If", "Lock-Token"}, func(name string) bool {
		return len(r.Header[name]) > 0
	})
}

// deepest returns the first method that acts on all resources below; "" if there is none.
func deepest(r *http.Request, methods []string) string {
	if method := strings.ToUpper(r.Method); isDeep(r, method) {
		return method
	}
	if i := slices.IndexFunc(methods, func(m string) bool { return isDeep(r, m) }); i >= 0 {
		return methods[i]
	}
	return ""
}
