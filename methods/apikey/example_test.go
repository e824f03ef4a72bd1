package apikey_test

import (
	"context"
	"fmt"
	"log"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/apikey"
)

// Create a key for a program, with fewer rights than its user.
func ExampleConfig() {
	ctx := context.Background()
	engine, err := core.New(ctx, core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "apikey", Opener: apikey.Config{}}},
		Rules: []route.Rule{
			{Name: "admin", Path: "/admin/**", Roles: []string{"administrator"}},
			{Name: "all", Path: "/**"},
		},
	}})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	accounts, err := engine.Admin().Accounts()
	if err != nil {
		log.Fatal(err)
	}
	anna, err := accounts.Create(ctx, users.NewUser{Login: "anna", Password: "correct horse", Roles: []string{"administrator", "editor"}}, "example")
	if err != nil {
		log.Fatal(err)
	}
	key, _, err := accounts.CreateAPIKey(ctx, core.NewAPIKey{Subject: anna.Subject, Name: "backup", Roles: []string{"editor"}}, "example")
	if err != nil {
		log.Fatal(err)
	}
	for _, path := range []string{"/posts", "/admin/users"} {
		d := engine.Decide(ctx, &api.Attempt{Method: "GET", Host: "shop.example", RawTarget: path, Header: api.Header{"X-Api-Key": {key.Reveal()}}})
		fmt.Println(path, d.Outcome == core.Allowed, d.Identity.Login, d.Identity.Roles)
	}
	// Output:
	// /posts true anna [editor]
	// /admin/users false anna [editor]
}
