package native_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/native"
)

// Endpoints to log in, refresh and log out at, below /auth.
func ExampleConfig_Open() {
	ctx := context.Background()
	auth, err := native.Config{}.Open(dialect.Mount{Name: "auth", Issuer: "https://shop.example"})
	if err != nil {
		log.Fatal(err)
	}
	engine, err := core.New(ctx, core.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	accounts, err := engine.Admin().Accounts()
	if err != nil {
		log.Fatal(err)
	}
	if _, err := accounts.Create(ctx, users.NewUser{Login: "anna", Password: "correct horse"}, "example"); err != nil {
		log.Fatal(err)
	}
	shop := httptest.NewServer(dialect.Mux(auth.Endpoints(engine), http.NotFoundHandler()))
	defer shop.Close()

	for _, password := range []string{"correct horse", "wrong horse"} {
		reply, err := http.Post(shop.URL+"/auth/login", "application/json", strings.NewReader(`{"username": "anna", "password": "`+password+`"}`))
		if err != nil {
			log.Fatal(err)
		}
		text, _ := io.ReadAll(reply.Body)
		reply.Body.Close()
		fmt.Println(reply.StatusCode, strings.Contains(string(text), "refresh_token"))
	}
	// Output:
	// 200 true
	// 401 false
}
