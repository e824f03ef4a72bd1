package ginguard_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/gin-gonic/gin"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/guard"
	"github.com/cardea-auth/cardea/server/guard/ginguard"
)

// A gin router behind a guard, and a route for some roles.
func ExampleMiddleware() {
	ctx := context.Background()
	engine, err := core.New(ctx, core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}},
		Rules:   []route.Rule{{Name: "all", Path: "/**"}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()

	gin.SetMode(gin.TestMode)
	g := guard.New(guard.Config{Engine: engine})
	r := gin.New()
	r.Use(ginguard.Middleware(g))
	r.GET("/hello", func(c *gin.Context) {
		id, _ := ginguard.Identity(c)
		c.String(http.StatusOK, "hello %s", id.Login)
	})
	r.GET("/admin", ginguard.Require(g, "administrator"), func(c *gin.Context) { c.String(http.StatusOK, "welcome") })

	token, err := engine.Tokens().Issue(ctx, core.IssueRequest{Identity: api.Identity{Subject: "u1", Login: "anna"}})
	if err != nil {
		log.Fatal(err)
	}
	for _, path := range []string{"/hello", "/admin"} {
		request, answer := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
		request.Header.Set("Authorization", "Bearer "+token.Text.Reveal())
		r.ServeHTTP(answer, request)
		fmt.Println(answer.Code, answer.Body)
	}
	// Output:
	// 200 hello anna
	// 403 {"code":"role","message":"your role does not allow this","data":{"status":403}}
}
