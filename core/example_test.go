package core_test

import (
	"context"
	"fmt"
	"log"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/jwt"
)

// Open an engine, create a user and a token, and decide on a request with and without it.
func ExampleNew() {
	ctx := context.Background()
	engine, err := core.New(ctx, core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}},
		Rules:   []route.Rule{{Name: "shop", Path: "/shop/**", Roles: []string{"customer"}}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()

	accounts, err := engine.Admin().Accounts()
	if err != nil {
		log.Fatal(err)
	}
	_, err = accounts.Create(ctx, users.NewUser{Login: "alice", Password: "correct horse", Roles: []string{"customer"}}, "example")
	if err != nil {
		log.Fatal(err)
	}
	alice, err := engine.Tokens().Login(ctx, core.LoginRequest{Login: "alice", Password: "correct horse"})
	if err != nil {
		log.Fatal(err)
	}
	token, err := engine.Tokens().Issue(ctx, core.IssueRequest{Identity: alice})
	if err != nil {
		log.Fatal(err)
	}

	for _, header := range []api.Header{{"Authorization": {"Bearer " + token.Text.Reveal()}}, {}} {
		d := engine.Decide(ctx, &api.Attempt{Method: "GET", Host: "shop.example", RawTarget: "/shop/cart", Header: header})
		fmt.Println(d.Outcome == core.Allowed, d.Identity.Login, d.Challenge)
	}
	// Output:
	// true alice []
	// false  [Bearer realm="cardea"]
}

func ExampleHooks() {
	hooks := core.NewHooks()
	_ = hooks.TokenClaims.Bind("tenant", func(_ context.Context, t core.TokenClaims) (core.TokenClaims, error) {
		t.Claims = t.Claims.With("tenant", "acme")
		return t, nil
	})
	engine, err := core.New(context.Background(), core.Config{Policy: core.Policy{Hooks: hooks}})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()

	token, err := engine.Tokens().Issue(context.Background(), core.IssueRequest{Identity: api.Identity{Subject: "u1", Login: "alice"}})
	fmt.Println(token.Claims.String("sub"), token.Claims.String("tenant"), err)
	// Output: u1 acme <nil>
}
