package router

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// Endpoint is one of Cardea's own routes.
type Endpoint struct {
	Host    string // "" means any
	Method  string // "" means any; GET includes HEAD
	Path    string // literal and canonical
	Handler http.Handler

	// Match matches other spellings of the path; nil: none.
	Match func(*http.Request) bool
}

// Config configures the router.
type Config struct {
	Endpoints []Endpoint
	Next      http.Handler     // serves all other requests
	BodyBytes int64            // largest body of an endpoint; 0 means 1 MiB
	Bodies    *httpauth.Bodies // memory for bodies of endpoints; nil: the default amount
	Trust     httpauth.Trust   // proxies whose X-Forwarded-For identifies the source of a body
	Logger    *slog.Logger     // nil: discards all lines
}

// Router serves Cardea's own endpoints and passes all other requests to the gateway. Safe
// for concurrent use.
type Router struct {
	hosts    map[string]*host // by name; "" means any
	spelling []Endpoint       // those with a Match, with a host first
	next     http.Handler
	body     int64
	bodies   *httpauth.Bodies
	trust    httpauth.Trust
	log      *slog.Logger
	panics   api.LogLimit
}

// New returns a router. A duplicate endpoint is an error.
func New(c Config) (http.Handler, error) {
	rt := &Router{hosts: map[string]*host{}, next: c.Next, body: c.BodyBytes, bodies: c.Bodies, trust: c.Trust, log: printable.Logger(c.Logger)}
	if rt.body == 0 {
		rt.body = 1 << 20
	}
	if rt.bodies == nil {
		rt.bodies = httpauth.NewBodies(0, BodyCost*rt.body)
	}
	if c.Next == nil {
		return nil, errors.New("router: the gateway is nil")
	}
	for _, e := range c.Endpoints {
		if e.Handler == nil {
			return nil, fmt.Errorf("endpoint %q: the handler is nil", strings.TrimSpace(e.Host+" "+e.Method+" "+e.Path))
		}
		if err := rt.add(e); err != nil {
			return nil, fmt.Errorf("endpoint %q: %w", strings.TrimSpace(e.Host+" "+e.Method+" "+e.Path), err)
		}
	}
	rt.spell(c.Endpoints)
	return rt.observed(http.HandlerFunc(rt.route)), nil
}

func (rt *Router) add(e Endpoint) (err error) {
	h := rt.hosts[e.Host]
	if h == nil {
		if h, err = newHost(); err != nil {
			return err
		}
		rt.hosts[e.Host] = h
	}
	e.Handler = rt.bounded(e.Handler)
	return h.add(e)
}

func (rt *Router) spell(list []Endpoint) {
	for _, anywhere := range []bool{false, true} {
		for _, e := range list {
			if e.Match != nil && (e.Host == "") == anywhere {
				e.Handler = rt.bounded(e.Handler)
				rt.spelling = append(rt.spelling, e)
			}
		}
	}
}

// route selects the handler by the canonical path. A request without one goes to the
// gateway, which refuses it.
func (rt *Router) route(w http.ResponseWriter, r *http.Request) {
	rt.find(r).ServeHTTP(w, r)
}

func (rt *Router) find(r *http.Request) http.Handler {
	target, err := httpauth.Target(r)
	if err != nil {
		return rt.next
	}
	path, _, err := route.Canonical(target)
	if err != nil {
		return rt.next
	}
	name, err := route.Host(r.Host)
	if err != nil {
		return rt.next
	}
	for _, h := range [...]*host{rt.hosts[name], rt.hosts[""]} {
		if h != nil && h.paths[path] {
			return h.gin
		}
	}
	for _, e := range rt.spelling {
		if (e.Host == "" || e.Host == name) && (e.Method == "" || e.Method == r.Method) && e.Match(r) {
			return e.Handler
		}
	}
	return rt.next
}

// BodyCost is the memory, in bytes, that each byte of an endpoint's body counts as: the
// body is copied as it grows, and parsed.
const BodyCost = 4

// bounded limits the body: it refuses a larger Content-Length, stops reading at the
// limit, and holds memory for the body until the handler returns.
func (rt *Router) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > rt.body {
			w.Header().Set("Connection", "close") // the rest is not read
			httpauth.Answer(w, http.StatusRequestEntityTooLarge, "too_large", "the request body is too large")
			return
		}
		if r.Body != nil && r.Body != http.NoBody {
			held := rt.bodies.Hold(rt.trust, rt.trust.Peer(r))
			defer held.Release()
			r.Body = http.MaxBytesReader(w, held.Reader(r.Body, BodyCost), rt.body)
		}
		next.ServeHTTP(w, r)
	})
}
