package router

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/core/route"
)

// Endpoint is one of Cardea's own routes.
type Endpoint struct {
	Host    string // "" is any
	Method  string // "" is any
	Path    string // literal
	Handler http.Handler
}

// Config says what the router serves.
type Config struct {
	Endpoints []Endpoint
	Gate      http.Handler // gets every other request
	BodyBytes int64        // largest body of an endpoint; 0 is 1 MiB
	Logger    *slog.Logger // access log; nil discards
	// Refuse answers a request that no endpoint may see.
	Refuse func(http.ResponseWriter, *http.Request, error)
}

// New builds the handler. An endpoint that is given twice is an error.
func New(c Config) (http.Handler, error) {
	if c.BodyBytes == 0 {
		c.BodyBytes = 1 << 20
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	hosts := map[string][]Endpoint{"": nil}
	for _, e := range c.Endpoints {
		hosts[e.Host] = append(hosts[e.Host], e)
	}
	anywhere, err := engine(hosts[""], c, c.Gate)
	if err != nil {
		return nil, err
	}
	byHost := map[string]http.Handler{}
	for host, list := range hosts {
		if byHost[host], err = engine(list, c, anywhere); err != nil {
			return nil, err
		}
	}
	byHost[""] = anywhere
	return observe(c, choose(byHost)), nil
}

// choose picks the handler for the request's host.
func choose(byHost map[string]http.Handler) http.Handler {
	anywhere := byHost[""]
	if len(byHost) == 1 {
		return anywhere
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host, err := route.Host(r.Host); err == nil && byHost[host] != nil {
			byHost[host].ServeHTTP(w, r)
			return
		}
		anywhere.ServeHTTP(w, r)
	})
}

// engine is gin with everything off that changes a request or believes its
// headers.
func engine(list []Endpoint, c Config, rest http.Handler) (h http.Handler, err error) {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.RedirectTrailingSlash = false
	g.RedirectFixedPath = false
	g.RemoveExtraSlash = false
	g.HandleMethodNotAllowed = false
	g.ForwardedByClientIP = false
	if err := g.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	g.NoRoute(func(x *gin.Context) {
		x.Status(http.StatusOK) // gin has written 404 into its own record
		rest.ServeHTTP(x.Writer, x.Request)
	})
	seen := map[string]bool{}
	for _, e := range list {
		id := e.Host + " " + e.Method + " " + e.Path
		if seen[id] || strings.ContainsAny(e.Path, ":*") {
			return nil, fmt.Errorf("endpoint %q: it is there twice or holds a pattern", strings.TrimSpace(id))
		}
		seen[id] = true
		if e.Method == "" {
			g.Any(e.Path, own(e, c))
			continue
		}
		g.Handle(e.Method, e.Path, own(e, c))
	}
	return g, nil
}

// own wraps an endpoint: the path must be canonical and the body bounded.
func own(e Endpoint, c Config) gin.HandlerFunc {
	return func(x *gin.Context) {
		if _, _, err := route.Canonical(x.Request.RequestURI); err != nil {
			c.Refuse(x.Writer, x.Request, err)
			return
		}
		x.Request.Body = http.MaxBytesReader(x.Writer, x.Request.Body, c.BodyBytes)
		x.Status(http.StatusOK)
		e.Handler.ServeHTTP(x.Writer, x.Request)
	}
}

// observe logs each request, and answers 500 when a handler panics, so that no
// panic reaches a client.
func observe(c Config, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				c.Logger.ErrorContext(r.Context(), "handler panicked", "method", r.Method, "path", r.URL.Path, "panic", p)
				if rec.status == 0 {
					c.Refuse(rec, r, fmt.Errorf("panic: %v", p))
				}
			}
			c.Logger.DebugContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path,
				"status", rec.status, "peer", r.RemoteAddr, "took", time.Since(begin))
		}()
		next.ServeHTTP(rec, r)
	})
}

// recorder remembers the status for the access log.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach Flush and Hijack.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
