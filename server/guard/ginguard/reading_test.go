package ginguard_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/server/guard"
	"github.com/cardea-auth/cardea/server/guard/ginguard"
)

// TestMiddleware_oneReading sends targets that gin, depending on its settings, could route
// differently than the rules read them: none may reach a protected handler.
func TestMiddleware_oneReading(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "basic", Opener: basic.Config{}}},
		Rules: []route.Rule{
			{Name: "open", Path: "/open", Access: route.Public},
			{Name: "pages", Path: "/pages/**", Access: route.Public},
			{Name: "hidden", Path: "/pages/hidden"},
			{Name: "rest", Path: "/**"},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	g := guard.New(guard.Config{Engine: e})
	settings := map[string]func(*gin.Engine){
		"default":              func(*gin.Engine) {},
		"UseRawPath":           func(r *gin.Engine) { r.UseRawPath = true },
		"UseRawPath, as it is": func(r *gin.Engine) { r.UseRawPath, r.UnescapePathValues = true, false },
		"UseEscapedPath":       func(r *gin.Engine) { r.UseEscapedPath = true },
		"RemoveExtraSlash":     func(r *gin.Engine) { r.RemoveExtraSlash = true },
		"no redirects":         func(r *gin.Engine) { r.RedirectTrailingSlash = false },
		"RedirectFixedPath":    func(r *gin.Engine) { r.RedirectFixedPath = true },
	}
	for name, set := range settings {
		r := gin.New()
		set(r)
		r.Use(ginguard.Middleware(g))
		r.GET("/open", func(c *gin.Context) { c.String(200, "open") })
		r.GET("/pages/*rest", func(c *gin.Context) {
			if strings.Trim(c.Param("rest"), "/") == "hidden" {
				c.String(200, "closed")
				return
			}
			c.String(200, "open")
		})
		r.GET("/admin", func(c *gin.Context) { c.String(200, "closed") })
		r.GET("/user/:slug", func(c *gin.Context) { c.String(200, "closed") })
		r.GET("/:slug", func(c *gin.Context) { c.String(200, "closed") })
		r.GET("/again", func(c *gin.Context) { c.Request.URL.Path = "/admin"; r.HandleContext(c) })
		for _, target := range []string{
			"/open", "/%6fpen", "/open/", "/%6Fpen/", "//open", "/./open", "/pages/..%2fadmin", "/pages/%2e%2e/admin", "/pages//hidden",
			"/pages/hidden", "/pages/hidden/", "/pages/%68idden", "/pages/hidden%2f", "/admin", "/admin/", "/Admin", "/ADMIN/", "/%61dmin", "/user/x", "/user/%78/",
			"/pages/../admin", "/pages/x/../../admin", "http://example.com/%6fpen", "/open%3f", "/again", "/pages/;/hidden", "/pages/hidden;x",
		} {
			w := httptest.NewRecorder()
			r.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
			if w.Code == http.StatusOK && w.Body.String() != "open" {
				t.Errorf("%s: %s is answered with %d %s", name, target, w.Code, w.Body)
			}
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("GET", "/open", nil))
		if w.Code != http.StatusOK {
			t.Errorf("%s: /open is answered with %d", name, w.Code)
		}
	}
}

// TestMiddleware_handleContext: a request that gin routes again is refused.
func TestMiddleware_handleContext(t *testing.T) {
	g := newGuard(t)
	r := gin.New()
	r.Use(ginguard.Middleware(g))
	r.GET("/public", func(c *gin.Context) { c.Request.URL.Path = "/x"; r.HandleContext(c) })
	r.GET("/x", func(c *gin.Context) { c.String(200, "closed") })
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest("GET", "/public", nil))
	if w.Code != http.StatusInternalServerError {
		t.Errorf("%d %s, want 500", w.Code, w.Body)
	}
}
