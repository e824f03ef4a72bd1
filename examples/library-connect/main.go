// Command library-connect guards a Connect server with Cardea as a library. Connect
// handlers are HTTP handlers, so Cardea's guard wraps them like any other; refusals are
// written in the format of Connect, gRPC and gRPC-Web clients.
//
//	go run ./examples/library-connect
//	curl -i -H 'Content-Type: application/json' -d '{}' http://127.0.0.1:8083/example.Greeter/WhoAmI
//	curl -u anna:correct-horse -H 'Content-Type: application/json' -d '{}' http://127.0.0.1:8083/example.Greeter/WhoAmI
package main

import (
	"context"
	"log"
	"net/http"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/guard"
)

func main() {
	engine, err := newEngine(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	log.Println("listening on http://127.0.0.1:8083")
	log.Fatal(http.ListenAndServe("127.0.0.1:8083", newHandler(engine)))
}

func newEngine(ctx context.Context) (*core.Engine, error) {
	engine, err := core.New(ctx, core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{
			{Name: "basic", Opener: basic.Config{}},
			{Name: "apikey", Opener: apikey.Config{}},
			{Name: "jwt", Opener: jwt.Config{}},
		},
		Rules: []route.Rule{
			{Name: "admin", Path: "/example.Admin/**", Access: route.Required, Roles: []string{"administrator"}},
			{Name: "rest", Path: "/**", Access: route.Required},
		},
	}})
	if err != nil {
		return nil, err
	}
	accounts, err := engine.Admin().Accounts()
	if err != nil {
		return nil, err
	}
	_, err = accounts.Create(ctx, users.NewUser{Login: "anna", Roles: []string{"editor"}, Password: "correct-horse"}, "example")
	return engine, err
}

// newHandler shows all that is needed: the guard around the mux, and refusals in
// Connect's format.
func newHandler(engine *core.Engine) http.Handler {
	mux := http.NewServeMux()
	for _, procedure := range []string{"/example.Greeter/WhoAmI", "/example.Admin/WhoAmI"} {
		mux.Handle(procedure, connect.NewUnaryHandler(procedure, whoAmI)) // as generated code does
	}
	return guard.New(guard.Config{Engine: engine, OnError: newRefuser(engine).refuse}).Handler(mux)
}

func whoAmI(ctx context.Context, _ *connect.Request[emptypb.Empty]) (*connect.Response[wrapperspb.StringValue], error) {
	id, _ := guard.Identity(ctx)
	return connect.NewResponse(wrapperspb.String(id.Login)), nil
}
