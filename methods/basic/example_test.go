package basic_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"log"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/basic"
)

// Accept names and passwords of the engine's users in the header that browsers send.
func ExampleConfig() {
	ctx := context.Background()
	engine, err := core.New(ctx, core.Config{Policy: core.Policy{
		Methods: []core.NamedMethod{{Name: "basic", Opener: basic.Config{Realm: "shop"}}},
		Rules:   []route.Rule{{Name: "all", Path: "/**"}},
	}})
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
	for _, password := range []string{"correct horse", "wrong horse"} {
		pair := base64.StdEncoding.EncodeToString([]byte("anna:" + password))
		d := engine.Decide(ctx, &api.Attempt{Method: "GET", Host: "shop.example", RawTarget: "/cart", Header: api.Header{"Authorization": {"Basic " + pair}}})
		fmt.Println(d.Outcome == core.Allowed, d.Identity.Login, d.Challenge)
	}
	// Output:
	// true anna []
	// false  [Basic realm="shop", charset="UTF-8"]
}
