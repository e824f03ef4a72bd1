// Command library-nethttp guards handlers with Cardea as a library, without linking gin,
// fx, a WASM runtime or an SQL driver.
//
//	go run ./examples/library-nethttp
//	curl -i http://127.0.0.1:8081/hello
//	curl -u anna:correct-horse http://127.0.0.1:8081/hello
//	curl -d '{"username": "anna", "password": "correct-horse"}' http://127.0.0.1:8081/auth/login
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/native"
	"github.com/cardea-auth/cardea/server/guard"
)

func main() {
	handler, closeEngine, err := newHandler(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer closeEngine()
	log.Println("listening on http://127.0.0.1:8081")
	log.Fatal(http.ListenAndServe("127.0.0.1:8081", handler))
}

// newHandler shows all that is needed: an engine with methods and rules, a user,
// endpoints for login, refresh and logout, and the guard around a handler.
func newHandler(ctx context.Context) (http.Handler, func() error, error) {
	engine, err := core.New(ctx, core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{
			{Name: "basic", Opener: basic.Config{}},
			{Name: "apikey", Opener: apikey.Config{}},
			{Name: "jwt", Opener: jwt.Config{}},
		},
		Rules: []route.Rule{
			{Name: "health", Path: "/health", Access: route.Public},
			{Name: "admin", Path: "/admin/**", Access: route.Required, Roles: []string{"administrator"}},
			{Name: "rest", Path: "/**", Access: route.Required},
		},
	}})
	if err != nil {
		return nil, nil, err
	}
	accounts, err := engine.Admin().Accounts()
	if err != nil {
		return nil, nil, err
	}
	_, err = accounts.Create(ctx, users.NewUser{Login: "anna", Roles: []string{"editor"}, Password: "correct-horse"}, "example")
	if err != nil {
		return nil, nil, err
	}
	auth, err := native.Config{}.Open(dialect.Mount{Name: "auth", Issuer: "http://127.0.0.1:8081"})
	if err != nil {
		return nil, nil, err
	}
	guarded := guard.New(guard.Config{Engine: engine}).Handler(http.HandlerFunc(hello))
	return dialect.Mux(auth.Endpoints(engine), guarded), engine.Close, nil
}

func hello(w http.ResponseWriter, r *http.Request) {
	if id, ok := guard.Identity(r.Context()); ok {
		fmt.Fprintf(w, "hello %s, you came by %s\n", id.Login, id.Method)
		return
	}
	fmt.Fprintln(w, "hello, whoever you are")
}
