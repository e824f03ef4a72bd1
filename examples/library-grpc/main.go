// Command library-grpc guards a gRPC server with Cardea as a library: full method names,
// such as /example.Greeter/Hello, are the paths in rules.
//
//	go run ./examples/library-grpc
//	grpcurl -plaintext 127.0.0.1:8082 grpc.health.v1.Health/Check
//	grpcurl -plaintext -H "Authorization: Basic $(printf anna:correct-horse | base64)" \
//	    127.0.0.1:8082 grpc.health.v1.Health/Watch
package main

import (
	"context"
	"log"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
)

func main() {
	engine, err := newEngine(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	l, err := net.Listen("tcp", "127.0.0.1:8082")
	if err != nil {
		log.Fatal(err)
	}
	log.Println("listening on 127.0.0.1:8082")
	log.Fatal(newServer(engine).Serve(l))
}

// rules allow everyone to query the server's health; all other calls need a credential.
func rules() []route.Rule {
	return []route.Rule{
		{Name: "health", Path: "/grpc.health.v1.Health/Check", Access: route.Public},
		{Name: "reflection", Path: "/grpc.reflection.v1.ServerReflection/**", Access: route.Public},
		{Name: "admin", Path: "/example.Admin/**", Access: route.Required, Roles: []string{"administrator"}},
		{Name: "rest", Path: "/**", Access: route.Required},
	}
}

func newEngine(ctx context.Context) (*core.Engine, error) {
	engine, err := core.New(ctx, core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{
			{Name: "basic", Opener: basic.Config{}},
			{Name: "apikey", Opener: apikey.Config{}},
			{Name: "jwt", Opener: jwt.Config{}},
		},
		Rules: rules(),
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

// newServer shows all that is needed: two interceptors. The services are unchanged.
func newServer(engine *core.Engine) *grpc.Server {
	g := newGuard(engine)
	s := grpc.NewServer(grpc.UnaryInterceptor(g.unary), grpc.StreamInterceptor(g.stream))
	grpc_health_v1.RegisterHealthServer(s, health.NewServer())
	reflection.Register(s)
	return s
}
