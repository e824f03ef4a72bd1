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
