package keys_test

import (
	"context"
	"fmt"

	"github.com/cardea-auth/cardea/core/keys"
)

func ExampleOpen() {
	ring, err := keys.Open(context.Background(), keys.Config{Algorithm: "EdDSA"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ring.Close()
	first := ring.Active()
	if _, err := ring.Rotate(context.Background()); err != nil {
		fmt.Println(err)
	}
	fmt.Println("signs with another key:", ring.Active().ID != first.ID)
	fmt.Println("old tokens verify:", len(ring.Verifying(first.ID, "EdDSA")) == 1)
	// Output:
	// signs with another key: true
	// old tokens verify: true
}

func ExampleOpenRemote() {
	_, err := keys.OpenRemote(keys.RemoteConfig{
		Issuer:     "https://login.example",
		Algorithms: []string{"RS256", "ES256"},
	})
	fmt.Println(err)
	_, err = keys.OpenRemote(keys.RemoteConfig{Issuer: "http://login.example", Algorithms: []string{"RS256"}})
	fmt.Println(err)
	// Output:
	// <nil>
	// keys of issuer http://login.example: address "http://login.example/.well-known/openid-configuration": want https://host/path, without user or fragment
}
