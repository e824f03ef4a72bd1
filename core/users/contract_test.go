package users_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/core/users/directorytest"
)

func TestStore_contract(t *testing.T) {
	directorytest.Run(t, directorytest.Case{
		Open: func(t *testing.T) users.Directory {
			s, _ := newStore(t, users.RevokeOn{})
			for _, n := range []users.NewUser{
				{Subject: "u_1", Number: 7, Login: "Alice", Email: "alice@example.org", Roles: []string{"editor"}},
				{Subject: "u_2", Login: "bob"}, // without an e-mail address
			} {
				if _, err := s.Create(t.Context(), n); err != nil {
					t.Fatal(err)
				}
			}
			return s
		},
		Know: api.User{Subject: "u_1", Number: 7, Login: "Alice", Email: "alice@example.org"},
	})
}

// TestChecked_contract: a directory wrapped by Checked passes the contract suite.
func TestChecked_contract(t *testing.T) {
	directorytest.Run(t, directorytest.Case{
		Open: func(t *testing.T) users.Directory {
			d, err := users.Checked(fakeDirectory{name: "fake", users: []api.User{
				{Subject: "u_1", Number: 7, Login: "alice", Email: "alice@example.org"}, {Subject: "u_2", Login: "bob"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		Know: api.User{Subject: "u_1", Number: 7, Login: "alice", Email: "alice@example.org"},
	})
}
