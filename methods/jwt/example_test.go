package jwt_test

import (
	"context"
	"fmt"
	"log"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/methods/jwt"
)

// Accept access tokens that the engine issues; tokens of other issuers are configured in
// core.Policy.
func ExampleConfig() {
	ctx := context.Background()
	engine, err := core.New(ctx, core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}},
		Rules:   []route.Rule{{Name: "all", Path: "/**"}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	token, err := engine.Tokens().Issue(ctx, core.IssueRequest{Identity: api.Identity{Subject: "u1", Login: "anna"}})
	if err != nil {
		log.Fatal(err)
	}
	request := &api.Attempt{Method: "GET", Host: "shop.example", RawTarget: "/cart", Header: api.Header{"Authorization": {"Bearer " + token.Text.Reveal()}}}
	d := engine.Decide(ctx, request)
	fmt.Println(d.Outcome == core.Allowed, d.Identity.Subject)

	if err := engine.Tokens().RevokeToken(ctx, token.Text); err != nil {
		log.Fatal(err)
	}
	fmt.Println(engine.Decide(ctx, request).Err)
	// Output:
	// true u1
	// unauthenticated (token_revoked): the credential has been revoked
}
