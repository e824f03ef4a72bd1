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
	Host    string // "" is any
	Method  string // "" is any; GET answers HEAD too
	Path    string // literal and canonical
	Handler http.Handler

	// Match finds the request in other spellings of the path; nil: there are none.
	Match func(*http.Request) bool
}

// Config says what the router serves.
type Config struct {
	Endpoints []Endpoint
	Gate      http.Handler     // gets every other request
	BodyBytes int64            // largest body of an endpoint; 0 is 1 MiB
	Bodies    *httpauth.Bodies // memory for the bodies that endpoints read; nil: as much as by default
	Trust     httpauth.Trust   // of which proxies X-Forwarded-For says whose a body is
	Logger    *slog.Logger     // nil discards
}

// Router serves Cardea's own endpoints and hands all else to the gate. Safe for
// concurrent use.
type Router struct {
	hosts    map[string]*host // by name; "" is any
	spelling []Endpoint       // those with a Match, a host's before any's
	gate     http.Handler
	body     int64
	bodies   *httpauth.Bodies
	trust    httpauth.Trust
	log      *slog.Logger
	panics   api.LogLimit
}

// New builds the router. An endpoint that is given twice is an error.
func New(c Config) (http.Handler, error) {
	rt := &Router{hosts: map[string]*host{}, gate: c.Gate, body: c.BodyBytes, bodies: c.Bodies, trust: c.Trust, log: printable.Logger(c.Logger)}
	if rt.body == 0 {
		rt.body = 1 << 20
	}
	if rt.bodies == nil {
		rt.bodies = httpauth.NewBodies(0, BodyCost*rt.body)
	}
	if c.Gate == nil {
		return nil, errors.New("router: the gate is nil")
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

// route finds out whose the request is by its one canonical path. A request
// that has none goes to the gate, which refuses it as it refuses all others.
func (rt *Router) route(w http.ResponseWriter, r *http.Request) {
	rt.find(r).ServeHTTP(w, r)
}

func (rt *Router) find(r *http.Request) http.Handler {
	target, err := httpauth.Target(r)
	if err != nil {
		return rt.gate
	}
	path, _, err := route.Canonical(target)
	if err != nil {
		return rt.gate
	}
	name, err := route.Host(r.Host)
	if err != nil {
		return rt.gate
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
	return rt.gate
}

// BodyCost is how many bytes of memory each byte of an endpoint's body counts for: it
// is copied as it grows, and taken apart.
const BodyCost = 4

// bounded refuses a body that says it is too large, cuts one that is, and takes memory
// for it until the handler returns.
func (rt *Router) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > rt.body {
			w.Header().Set("Connection", "close") // nobody will read the rest
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
