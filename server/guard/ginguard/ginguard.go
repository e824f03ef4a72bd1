package ginguard

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/guard"
)

// Middleware passes requests that the engine's rules allow. Like Require it panics if the
// guard is nil.
func Middleware(g *guard.Guard) gin.HandlerFunc { return wrap(g.Handler) }

// Require is Middleware that also requires one of the roles.
func Require(g *guard.Guard, roles ...string) gin.HandlerFunc { return wrap(g.Require(roles...)) }

// Identity returns the identity of the request; false for an anonymous one.
func Identity(c *gin.Context) (api.Identity, bool) { return guard.Identity(c.Request.Context()) }

// wrap runs net/http middleware in gin: a passed request goes to the next handler, and a
// refused one ends the chain with the response of the middleware.
func wrap(middleware func(http.Handler) http.Handler) gin.HandlerFunc {
	middleware(http.NotFoundHandler()) // panics early if the guard is nil
	return func(c *gin.Context) {
		passed := false
		middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			passed = true
			c.Request = r
			c.Next() // inside, because the request's context ends when this returns
		})).ServeHTTP(c.Writer, c.Request)
		if !passed {
			c.Abort()
		}
	}
}
