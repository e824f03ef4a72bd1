package wordpress

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress/internal/php"
)

// Namespace is a plugin's part of WordPress's REST API, such as jwt-auth/v1: it routes
// as WordPress does and describes itself.
type Namespace struct {
	Site   *Site
	Name   string // without slashes around it
	Routes []Route

	// Shared means that others have routes in the namespace too: only requests to
	// Routes are handled.
	Shared bool

	// Before, if set, is called before a request is routed, with the path below the namespace
	// and the matching route or nil. If it returns true, it has answered the request.
	Before func(w http.ResponseWriter, r *http.Request, path string, meant *Route) bool
}

// Route is one method of one path.
type Route struct {
	Method string
	Path   string     // below the namespace, such as "/token" or "/tokens/{id}"
	Args   api.Claims // how the index describes its parameters
	Handle func(w http.ResponseWriter, r *http.Request, p Params)
}

var _ http.Handler = (*Namespace)(nil)

// Address is a path at which a namespace is served.
type Address struct {
	Path string // literal and complete

	// Match matches other spellings of the request, which a table of paths cannot hold;
	// nil if there are none.
	Match func(*http.Request) bool
}

// Addresses returns the path of the index and of each route. The first one also matches
// all other spellings and every other path below the namespace.
func (n *Namespace) Addresses() []Address {
	root := n.Site.API.Base + "/" + n.Name
	if n.Shared {
		return n.sharedAddresses(root)
	}
	list := []Address{{Path: root, Match: n.owns}}
	for _, path := range n.paths() {
		list = append(list, Address{Path: root + path})
	}
	return list
}

func (n *Namespace) sharedAddresses(root string) (list []Address) {
	for _, path := range n.paths() {
		list = append(list, Address{
			Path: root + path,
			Match: func(r *http.Request) bool {
				named, ok := n.local(r)
				if !ok {
					named, ok = n.garbled(r)
				}
				return ok && samePath(path, named)
			},
		})
	}
	return list
}

// paths returns the path of each route once.
func (n *Namespace) paths() []string {
	var list []string
	for _, r := range n.Routes {
		if !slices.Contains(list, r.Path) {
			list = append(list, r.Path)
		}
	}
	return list
}

func (n *Namespace) owns(r *http.Request) bool {
	_, ok := n.local(r)
	_, garbled := n.garbled(r)
	return ok || garbled
}

// garbled returns the path below the namespace that a request would name if WordPress
// decoded paths, merged slashes or accepted a missing leading slash. WordPress does
// not, so there is no such route; the namespace answers because other software might
// read the path that way.
func (n *Namespace) garbled(r *http.Request) (string, bool) {
	name, ok := n.Site.API.Route(r.URL)
	if named := r.URL.Query()["rest_route"]; !ok && n.Site.API.atHome(r.URL) && len(named) == 1 {
		name = named[0]
	}
	name = "/" + strings.TrimLeft(strings.ReplaceAll(strings.ToLower(name), "%2f", "/"), "/")
	rest, ok := strings.CutPrefix(strings.TrimRight(name, "/"), "/"+strings.ToLower(n.Name))
	return rest, ok && (rest == "" || rest[0] == '/')
}

// local returns the path below the namespace that a request names. WordPress ignores
// case and a trailing slash, but does not decode the path.
func (n *Namespace) local(r *http.Request) (string, bool) {
	name, ok := n.Site.API.Route(r.URL)
	root := "/" + n.Name
	if !ok || strings.Contains(r.URL.EscapedPath(), "%") || len(name) < len(root) || !strings.EqualFold(name[:len(root)], root) {
		return "", false
	}
	rest := strings.TrimRight(name[len(root):], "/")
	return rest, rest == "" || rest[0] == '/'
}

// ServeHTTP implements http.Handler.
func (n *Namespace) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = asMeant(r)
	path, ok := n.local(r)
	if text := malformedRequest(r); text != "" {
		n.Site.Refuse(w, r, Refusal{Status: http.StatusBadRequest, Code: "rest_invalid_request", Message: text})
		return
	}
	methods, meant := n.find(path, r.Method)
	if n.Before != nil && n.Before(w, r, path, meant) {
		return
	}
	if !ok || n.ambiguous(r) {
		n.Site.Refuse(w, r, NoRoute())
		return
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	switch {
	case r.Method == http.MethodOptions && methods != nil:
		n.Site.Answer(w, r, http.StatusOK, n.describe(path))
	case path == "" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		n.Site.answer(w, r, http.StatusOK, n.index(), link("up", n.Site.restURL("/")))
	case meant != nil:
		n.serve(w, r, meant)
	case r.Method == http.MethodOptions: // describes no route, as WordPress does
		w.Header().Del("Allow")
		n.Site.Send(w, r, http.StatusOK, []any{})
	default:
		w.Header().Del("Allow")
		n.Site.Refuse(w, r, NoRoute())
	}
}

// asMeant applies the method override header, which clients with few methods send in a
// POST. Requests with other methods are returned as they are.
func asMeant(r *http.Request) *http.Request {
	method, err := Override(r.URL.RawQuery, api.Header(r.Header))
	if r.Method != http.MethodPost || err != nil || method == "" || method == r.Method {
		return r
	}
	meant := r.WithContext(r.Context())
	meant.Method = method
	return meant
}

// malformedRequest returns why a request must be rejected before it is read, "" if it
// need not.
func malformedRequest(r *http.Request) string {
	if len(r.Header["Authorization"]) > 1 {
		return "There is more than one Authorization header."
	}
	if strings.ContainsFunc(r.URL.Path, unicode.IsControl) {
		return "The path holds a control character."
	}
	return ""
}

func (n *Namespace) serve(w http.ResponseWriter, r *http.Request, route *Route) {
	p, f, ok := ReadParams(r)
	if !ok {
		n.Site.Refuse(w, r, f)
		return
	}
	route.Handle(w, r, p)
}

// find returns the methods of a path, nil if there is no such path, and the route of
// this method.
func (n *Namespace) find(path, method string) (methods []string, found *Route) {
	if path == "" {
		methods = []string{http.MethodGet}
	}
	for _, r := range n.at(path) {
		if !slices.Contains(methods, r.Method) {
			methods = append(methods, r.Method)
		}
		head := method == http.MethodHead && r.Method == http.MethodGet
		if (r.Method == method || head) && found == nil {
			found = r
		}
	}
	return methods, found
}

// at returns the routes of a path: exact matches, or else those whose pattern matches.
// "/tokens/metrics" does not match "/tokens/{id}" if it is a route of its own.
func (n *Namespace) at(path string) []*Route {
	var named, fitting []*Route
	for i := range n.Routes {
		switch r := &n.Routes[i]; {
		case strings.EqualFold(r.Path, path):
			named = append(named, r)
		case samePath(r.Path, path):
			fitting = append(fitting, r)
		}
	}
	if named != nil {
		return named
	}
	return fitting
}

// ambiguous reports whether WordPress would use another method or route than those of
// the request line.
func (n *Namespace) ambiguous(r *http.Request) bool {
	method, err := Method(r.Method, r.URL.RawQuery)
	if err != nil || method != r.Method {
		return true
	}
	for _, method := range r.Header[OverrideHeader] {
		if !strings.EqualFold(method, r.Method) {
			return true
		}
	}
	named := 0
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if name, _, _ := strings.Cut(pair, "="); php.IsLike(php.Decode(name), "rest_route") {
			named++
		}
	}
	return named > 1 || named == 1 && !n.Site.API.atHome(r.URL)
}

// samePath compares a route's path with the requested one, ignoring case. A segment in
// braces matches any non-empty segment.
func samePath(pattern, path string) bool {
	wanted, given := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(wanted) != len(given) {
		return false
	}
	for i, segment := range wanted {
		anything := strings.HasPrefix(segment, "{") && given[i] != ""
		if !anything && !strings.EqualFold(segment, given[i]) {
			return false
		}
	}
	return true
}

// Segment returns the segment of the requested path for a name in the route's pattern,
// such as "id" in "/tokens/{id}".
func (n *Namespace) Segment(r *http.Request, pattern, name string) string {
	path, _ := n.local(r)
	i := slices.Index(strings.Split(pattern, "/"), "{"+name+"}")
	if given := strings.Split(path, "/"); i >= 0 && i < len(given) {
		return given[i]
	}
	return ""
}
