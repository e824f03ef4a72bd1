package ginguard

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/guard"
)

// Middleware lets requests through that the engine's rules allow. It panics if
// the guard is nil, as Require does.
func Middleware(g *guard.Guard) gin.HandlerFunc { return wrap(g.Handler) }

// Require is Middleware that also wants one of the roles.
func Require(g *guard.Guard, roles ...string) gin.HandlerFunc { return wrap(g.Require(roles...)) }

// Identity returns who the request is from; false for an anonymous one.
func Identity(c *gin.Context) (api.Identity, bool) { return guard.Identity(c.Request.Context()) }

// wrap runs net/http middleware inside gin: what it lets through goes on to the
// next handler, anything else ends the chain with the answer it wrote.
func wrap(middleware func(http.Handler) http.Handler) gin.HandlerFunc {
	middleware(http.NotFoundHandler()) // what is missing is told at the start
	return func(c *gin.Context) {
		passed := false
		middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			passed = true
			c.Request = r
			c.Next() // within: the request's context ends when this returns
		})).ServeHTTP(c.Writer, c.Request)
		if !passed {
			c.Abort()
		}
	}
}
