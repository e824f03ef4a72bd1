package wpjwt_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/wpjwt"
)

func ExampleConfig_Open() {
	ctx := context.Background()
	site, err := wpjwt.Config{}.Open(dialect.Mount{Name: "blog", Issuer: "https://blog.example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := core.New(ctx, core.Config{Policy: core.Policy{TokenFormats: []core.TokenFormat{site.TokenFormat()}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	if accounts, err := engine.Admin().Accounts(); err == nil {
		accounts.Create(ctx, users.NewUser{Login: "ann", Email: "ann@blog.example", Password: "correct horse"}, "setup")
	}
	blog := httptest.NewServer(dialect.Mux(site.Endpoints(engine), http.NotFoundHandler()))
	defer blog.Close()

	reply, err := http.Post(blog.URL+"/wp-json/jwt-auth/v1/token", "application/json",
		strings.NewReader(`{"username": "ann", "password": "correct horse"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer reply.Body.Close()
	fmt.Println(reply.StatusCode, reply.Header.Get("Content-Type"))
	// Output: 200 application/json; charset=UTF-8
}
