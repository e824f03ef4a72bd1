package login

import (
	"net/netip"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestKeys_tellApart: anything that makes two attempts, credentials or logins different
// changes their keys, and nothing irrelevant does.
func TestKeys_tellApart(t *testing.T) {
	e := newBare(t)
	peer := netip.MustParseAddr("192.0.2.1")
	login := Request{LoginRequest: api.LoginRequest{Login: "bob", Password: "p", Peer: api.Peer{Addr: peer}}}
	try := func(change func(*Request)) *try {
		r := login
		change(&r)
		x, err := e.newTry(t.Context(), &r)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	logins := map[string]func(*Request){
		"":            func(*Request) {},
		"login":       func(r *Request) { r.Login = "bo" },
		"moved":       func(r *Request) { r.Login, r.Password = "bobp", "" },
		"password":    func(r *Request) { r.Password = "q" },
		"login only":  func(r *Request) { r.LoginOnly = true },
		"application": func(r *Request) { r.ApplicationOnly = true },
		"directory":   func(r *Request) { r.directory = "store" },
	}
	differ(t, "tries", logins, func(change func(*Request)) any { return try(change).key })
	logins["peer"] = func(r *Request) { r.Peer.Addr = netip.MustParseAddr("192.0.2.2") }
	logins["answers"] = func(r *Request) { r.Answers = map[string]string{"code": "1"} }
	differ(t, "places of tries", logins, func(change func(*Request)) any { return try(change).place() })
	differ(t, "logins that wait", map[string]func(*Request){"": logins[""], "login": logins["login"], "directory": logins["directory"]},
		func(change func(*Request)) any { r := login; change(&r); return keyOfHeld(&r) })
	for name, change := range map[string]func(*Request){
		"case":   func(r *Request) { r.Login = "BOB" },
		"host":   func(r *Request) { r.Host = "a.example" },
		"agent":  func(r *Request) { r.Peer.UserAgent = "x" },
		"device": func(r *Request) { r.Answers = map[string]string{"code": ""} },
	} {
		if try(change).place() != try(logins[""]).place() {
			t.Errorf("a different %s counts as another try", name)
		}
	}
}

// differ fails the test unless each change gives a key of its own, the same each time.
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
