package issuerkeys_test

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/keys/issuerkeys"
)

func ExampleOpen() {
	_, err := issuerkeys.Open(issuerkeys.Config{
		Issuer:     "https://login.example",
		Algorithms: []string{"RS256", "ES256"},
	})
	fmt.Println(err)
	_, err = issuerkeys.Open(issuerkeys.Config{Issuer: "http://login.example", Algorithms: []string{"RS256"}})
	fmt.Println(err)
	// Output:
	// <nil>
	// keys of issuer http://login.example: address "http://login.example/.well-known/openid-configuration": want https://host/path, without user or fragment
}
