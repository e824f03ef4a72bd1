package core

import (
	"net/netip"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestKeys_tellApart: whatever makes two tries, credentials or logins different makes
// their keys different, and nothing that was not asked for does.
func TestKeys_tellApart(t *testing.T) {
	e, err := New(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	peer := netip.MustParseAddr("192.0.2.1")
	login := loginRequest{LoginRequest: LoginRequest{Login: "bob", Password: "p", Peer: api.Peer{Addr: peer}}}
	try := func(change func(*loginRequest)) *try {
		r := login
		change(&r)
		x, err := e.newTry(t.Context(), &r)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	logins := map[string]func(*loginRequest){
		"":            func(*loginRequest) {},
		"login":       func(r *loginRequest) { r.Login = "bo" },
		"moved":       func(r *loginRequest) { r.Login, r.Password = "bobp", "" },
		"password":    func(r *loginRequest) { r.Password = "q" },
		"login only":  func(r *loginRequest) { r.LoginOnly = true },
		"application": func(r *loginRequest) { r.applicationOnly = true },
		"directory":   func(r *loginRequest) { r.directory = "store" },
	}
	differ(t, "tries", logins, func(change func(*loginRequest)) any { return try(change).key })
	logins["peer"] = func(r *loginRequest) { r.Peer.Addr = netip.MustParseAddr("192.0.2.2") }
	logins["answers"] = func(r *loginRequest) { r.Answers = map[string]string{"code": "1"} }
	differ(t, "places of tries", logins, func(change func(*loginRequest)) any { return try(change).place() })
	differ(t, "logins that wait", map[string]func(*loginRequest){"": logins[""], "login": logins["login"], "directory": logins["directory"]},
		func(change func(*loginRequest)) any { r := login; change(&r); return keyOfHeld(&r) })
	for name, change := range map[string]func(*loginRequest){
		"case":   func(r *loginRequest) { r.Login = "BOB" },
		"host":   func(r *loginRequest) { r.Host = "a.example" },
		"agent":  func(r *loginRequest) { r.Peer.UserAgent = "x" },
		"device": func(r *loginRequest) { r.Answers = map[string]string{"code": ""} },
	} {
		if try(change).place() != try(logins[""]).place() {
			t.Errorf("another %s makes another try", name)
		}
	}
}

// differ fails the test unless all changes lead to keys of their own, the same each time.
func differ[T any](t *testing.T, what string, changes map[string]func(*T), key func(func(*T)) any) {
	t.Helper()
	seen := map[any]string{}
	for name, change := range changes {
		k := key(change)
		if _, alone := k.(placeKey); !alone && k != key(change) {
			t.Errorf("%s: %q has two keys", what, name)
		}
		if other, taken := seen[k]; taken {
			t.Errorf("%s: %q and %q are one", what, name, other)
		}
		seen[k] = name
	}
}
