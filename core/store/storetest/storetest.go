package storetest

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
)

// Run tests the store that open returns, which must be new and empty at each call. open
// must close it with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, store.Store)
	}{
		{"users are found by each of their names", usersFound},
		{"unknown is not found", unknown},
		{"numbers are not used twice", numbers},
		{"names are taken once", conflicts},
		{"users are listed by number", usersListed},
		{"an update is all or nothing", updates},
		{"a deleted user takes its keys and sessions along", deletion},
		{"updates at the same time are not lost", concurrentUpdates},
		{"users created at the same time get their own numbers", concurrentCreates},
		{"API keys", apiKeys},
		{"API keys are listed by id", apiKeysListed},
		{"revoking an API key", apiKeyRevoked},
		{"API keys are found by a prefix", apiKeysFound},
		{"rotating an API key", apiKeyRotated},
		{"the use of API keys is noted", apiKeysTouched},
		{"sessions come back as they went", sessionsKept},
		{"sessions are listed by id, and live ones by age", sessionsListed},
		{"sessions are found by device", sessionsFound},
		{"a user is deleted whose sessions take too long", userDeletedInTime},
		{"ending sessions", sessionsEnd},
		{"a refresh token is rotated", refreshRotated},
		{"a rotation is all or nothing", refreshAllOrNothing},
		{"64 refreshes of one token at once", refreshConcurrent},
		{"sessions are pruned", sessionsPruned},
		{"used refresh tokens are forgotten sooner", usedForgotten},
		{"others write while much is ended or forgotten", othersWrite},
		{"revocations come back as they went", revocationsKept},
		{"revocations come in pages", revocationPages},
		{"revocations overlap", revocationOverlap},
		{"revocations are visible in order", revocationOrder},
		{"revocations are pruned", revocationsPruned},
		{"with an ended context every method fails and changes nothing", endedContext},
		{"queries are counted", counted},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// moment is a time with microseconds, the finest resolution that every store supports.
var moment = time.Date(2026, 3, 1, 12, 0, 0, 123_456_000, time.UTC)

func alice() api.User {
	return api.User{
		Subject: "u_alice", Login: "Alice", Email: "Alice@example.org", Nicename: "alice", Display: "Alice A.",
		FirstName: "Alice", LastName: "Ångström", Roles: []string{"editor", "a \"quoted\" role"}, Gen: 1,
		Hash: "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$c3Vtc3Vtc3Vt", Created: moment, Updated: moment.Add(time.Second),
	}
}

func bob() api.User {
	return api.User{Subject: "u_bob", Login: "bob", Created: moment, Updated: moment}
}

func create(t *testing.T, s store.Store, users ...api.User) []api.User {
	t.Helper()
	for i := range users {
		u, err := s.CreateUser(t.Context(), users[i])
		if err != nil {
			t.Fatal(err)
		}
		users[i] = u
	}
	return users
}
