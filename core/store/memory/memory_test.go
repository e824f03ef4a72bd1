package memory_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return memory.New() })
}

func ExampleNew() {
	s := memory.New()
	u, err := s.CreateUser(context.Background(), api.User{Subject: "u_1", Login: "alice"})
	fmt.Println(u.Number, err)
	// Output: 1 <nil>
}
