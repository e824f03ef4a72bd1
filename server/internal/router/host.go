package router

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// Quiet stops gin from printing to standard output. The setting applies to the whole
// process, so only a main program may call it, once, before it builds anything.
func Quiet() { gin.SetMode(gin.ReleaseMode) }

// host holds the endpoints of one host name.
type host struct {
	gin   *gin.Engine
	paths map[string]bool
	given map[string]bool // "METHOD path"
}

// newHost returns a host whose gin engine neither changes requests nor trusts their
// headers.
func newHost() (*host, error) {
	g := gin.New()
	g.RedirectTrailingSlash = false
	g.RedirectFixedPath = false
	g.RemoveExtraSlash = false
	g.ForwardedByClientIP = false
	g.HandleMethodNotAllowed = true
	if err := g.SetTrustedProxies(nil); err != nil {
		return nil, err
	}
	g.NoRoute(func(x *gin.Context) {
		httpauth.Answer(x.Writer, http.StatusNotFound, "not_found", "there is nothing here")
	})
	g.NoMethod(func(x *gin.Context) { // gin has set Allow
		httpauth.Answer(x.Writer, http.StatusMethodNotAllowed, "method_not_allowed", "this method is not allowed here")
	})
	return &host{gin: g, paths: map[string]bool{}, given: map[string]bool{}}, nil
}

func (h *host) add(e Endpoint) error {
	if !strings.HasPrefix(e.Path, "/") || strings.ContainsAny(e.Path, ":*") {
		return errors.New("the path must begin with a slash and contain no pattern")
	}
	if h.given[" "+e.Path] || h.given[e.Method+" "+e.Path] || e.Method == "" && h.paths[e.Path] {
		return errors.New("it is a duplicate")
	}
	h.paths[e.Path], h.given[e.Method+" "+e.Path] = true, true
	serve := func(x *gin.Context) {
		x.Status(http.StatusOK) // recorded by gin only; the handler's status wins
		e.Handler.ServeHTTP(x.Writer, x.Request)
	}
	switch e.Method {
	case "":
		h.gin.Any(e.Path, serve)
	case http.MethodGet:
		h.gin.GET(e.Path, serve)
		h.gin.HEAD(e.Path, serve)
	default:
		h.gin.Handle(e.Method, e.Path, serve)
	}
	return nil
}
