package cors

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/internal/domain"
)

// Policy says which origins may read responses, and what they may send.
type Policy struct {
	Origins     []string // https://app.example.org, https://*.example.org (one label), or "*" for any
	Methods     []string // request methods that a preflight allows
	Headers     []string // request headers that a preflight allows
	Expose      []string // response headers that a page may read
	Credentials bool     // whether browsers may send cookies; never with "*"
	MaxAge      time.Duration
}

// Site is a part of the server with its own origins and lists.
type Site struct {
	Governs func(host string, target *url.URL) bool
	Origins []string // replace those of the policy
	// Says returns what answers to a target say to pages of other origins: these lists are
	// added to those of the policy. nil: nothing.
	Says func(target *url.URL) httpauth.CrossOrigin
}

func (s Site) says(target *url.URL) httpauth.CrossOrigin {
	if s.Says == nil {
		return httpauth.CrossOrigin{}
	}
	return s.Says(target)
}

// governing returns the index of the first site that governs a request, -1 if none does.
func governing(sites []Site, r *http.Request) int {
	return slices.IndexFunc(sites, func(s Site) bool { return s.Governs(r.Host, r.URL) })
}

// Hooks runs the cors-headers hooks; [core.Engine] is one.
type Hooks interface {
	CORSHeaders(context.Context, core.CORSHeaders) core.CORSHeaders
}

var _ Hooks = (*core.Engine)(nil)

// Config configures a [Handler]. Next is required.
type Config struct {
	Policy Policy
	Sites  []Site         // the first that governs a request applies
	Hooks  Hooks          // nil: none
	Trust  httpauth.Trust // for the attempt that hooks see
	// Shown returns the request headers that hooks may see; nil: all of them, even those
	// that a client may have forged.
	Shown func(api.Header) api.Header
	Next  http.Handler
}

// Handler answers preflights and sets the CORS headers of all other responses. It is safe
// for concurrent use.
type Handler struct {
	cfg     Config
	origins origins
	sites   []origins // in the order of cfg.Sites
	lists   httpauth.CrossOrigin
	maxAge  string
}

var _ http.Handler = (*Handler)(nil)

// New returns a handler. The error names the invalid origin. With credentials, "*" is
// invalid, and so is a pattern under a domain that is shared by different owners.
func New(c Config) (*Handler, error) {
	h := &Handler{
		cfg:    c,
		lists:  httpauth.CrossOrigin{Methods: c.Policy.Methods, Headers: c.Policy.Headers, Expose: c.Policy.Expose},
		maxAge: strconv.FormatInt(int64(c.Policy.MaxAge/time.Second), 10),
	}
	var err error
	if h.origins, err = h.read(c.Policy.Origins); err != nil {
		return nil, err
	}
	for _, s := range c.Sites {
		o, err := h.read(s.Origins)
		if err != nil {
			return nil, err
		}
		h.sites = append(h.sites, o)
	}
	return h, nil
}

func (h *Handler) read(list []string) (origins, error) {
	o, err := newOrigins(list)
	if err != nil || !h.cfg.Policy.Credentials {
		return o, err
	}
	if o.any {
		return o, errors.New(`cors: "*" with credentials would let every page act for its visitors: list the origins`)
	}
	for _, p := range o.patterns {
		if domain.IsShared(strings.ToLower(p.after)) {
			return o, fmt.Errorf("cors: origin %q with credentials would let any website act for its visitors, since anybody can register a name below %s: list the origins",
				p.before+"*"+p.after, p.after[1:])
		}
	}
	return o, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g := h.grantFor(r)
	if isPreflight(r) {
		h.preflight(w, r, g)
		return
	}
	marked := &writer{ResponseWriter: w, mark: func(header http.Header) { h.mark(header, g) }}
	h.cfg.Next.ServeHTTP(marked, r)
	marked.finish()
}

// isPreflight distinguishes a browser's preflight from an OPTIONS request of a page.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && len(r.Header["Origin"]) == 1 && len(r.Header["Access-Control-Request-Method"]) == 1
}

// grant is what a request's origin is allowed.
type grant struct {
	allow            string // Access-Control-Allow-Origin; "": nothing
	methods, headers string
	expose           []string
	credentials      bool
	final            bool // a hook has set methods or headers: nothing is added
}

func (h *Handler) grantFor(r *http.Request) grant {
	origin := r.Header.Get("Origin")
	if len(r.Header["Origin"]) != 1 || origin == "" {
		return grant{}
	}
	o, lists := h.partFor(r)
	g := grant{methods: httpauth.JoinNames(lists.Methods), headers: httpauth.JoinNames(lists.Headers), expose: lists.Expose}
	listed := o.lists(origin)
	switch {
	case listed:
		g.allow = origin
	case o.any:
		g.allow = "*"
	}
	g = h.ask(r, origin, g)
	// Last, so that no hook can widen it.
	g.credentials = h.cfg.Policy.Credentials && listed && g.allow == origin
	return g
}

// partFor returns origins and lists of the part of the server that a request is for.
func (h *Handler) partFor(r *http.Request) (origins, httpauth.CrossOrigin) {
	i := governing(h.cfg.Sites, r)
	if i < 0 {
		return h.origins, h.lists
	}
	return h.sites[i], h.lists.With(h.cfg.Sites[i].says(r.URL))
}

// ask runs the hooks on the grant.
func (h *Handler) ask(r *http.Request, origin string, g grant) grant {
	if h.cfg.Hooks == nil {
		return g
	}
	v := h.cfg.Hooks.CORSHeaders(r.Context(), core.CORSHeaders{
		Origin: origin, Allow: g.allow, Headers: g.headers, Methods: g.methods, Attempt: h.attempt(r),
	})
	g.final = v.Headers != g.headers || v.Methods != g.methods
	g.allow, g.headers, g.methods = v.Allow, v.Headers, v.Methods
	return g
}

// attempt describes the request for hooks, as far as it can be parsed.
func (h *Handler) attempt(r *http.Request) *api.Attempt {
	a, err := httpauth.AttemptFrom(r, h.cfg.Trust)
	if err != nil {
		a = api.Attempt{Method: r.Method, Host: r.Host, Header: api.Header(r.Header)}
	}
	if h.cfg.Shown != nil {
		a.Header = h.cfg.Shown(a.Header)
	}
	if path, query, err := route.Canonical(a.RawTarget); err == nil {
		a.Path, a.Query = path, query
	}
	return &a
}

// preflight answers a preflight, with what the application lists besides. It does not check
// methods and headers: the browser compares them with the lists.
func (h *Handler) preflight(w http.ResponseWriter, r *http.Request, g grant) {
	header := w.Header()
	header["Vary"] = []string{"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}
	if g.allow == "" {
		httpauth.Answer(w, http.StatusForbidden, "cors_origin", "pages of this origin may not ask here: 'cors.origins' lists those that may")
		return
	}
	if !g.final {
		says := h.asked(r)
		g.methods = httpauth.JoinNames(append(namesIn([]string{g.methods}), says.Methods...))
		g.headers = httpauth.JoinNames(append(namesIn([]string{g.headers}), says.Headers...))
	}
	h.allow(header, g)
	header.Set(httpauth.AllowMethods, g.methods)
	header.Set(httpauth.AllowHeaders, g.headers)
	header.Set(httpauth.MaxAge, h.maxAge)
	w.WriteHeader(http.StatusNoContent)
}

// mark replaces all CORS headers of a response. What it exposes is added to the policy's
// list.
func (h *Handler) mark(header http.Header, g grant) {
	expose := slices.Concat(g.expose, namesIn(header[httpauth.ExposeHeaders]))
	for name := range header {
		if route.HasAliasPrefix(name, "access-control-") {
			delete(header, name)
		}
	}
	httpauth.AddVary(header, "Origin")
	if g.allow == "" {
		return
	}
	h.allow(header, g)
	if len(expose) > 0 {
		header.Set(httpauth.ExposeHeaders, httpauth.JoinNames(expose))
	}
}

// namesIn returns the header names in the values of a list header.
func namesIn(values []string) []string {
	return slices.DeleteFunc(listed(values), func(name string) bool { return !route.IsPlainName(name) })
}

func (h *Handler) allow(header http.Header, g grant) {
	header.Set(httpauth.AllowOrigin, g.allow)
	if g.credentials {
		header.Set(httpauth.AllowCredentials, "true")
	}
}
