package core

import (
	"net/netip"
	"reflect"
	"strings"
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

// TestCacheKeys_tellApart is the same for what is remembered.
func TestCacheKeys_tellApart(t *testing.T) {
	c := openCache(t, 8)
	type shown struct {
		cred      api.Credential
		directory string
		seen      circumstances
	}
	for _, kind := range []api.Kind{api.Basic, api.Bearer} {
		differ(t, kind.String(), map[string]func(*shown){
			"":          func(*shown) {},
			"text":      func(s *shown) { s.cred.Text = "u" },
			"directory": func(s *shown) { s.directory = "shop" },
			"dialects":  func(s *shown) { s.seen.dialects = "s" },
			"host":      func(s *shown) { s.seen.host = "h" },
			"agent":     func(s *shown) { s.seen.agent = "a" },
			"moved":     func(s *shown) { s.seen.agent = "h" },
			"peer":      func(s *shown) { s.seen.peer = netip.MustParseAddr("192.0.2.1") },
		}, func(change func(*shown)) any {
			s := shown{cred: api.Credential{Kind: kind, Text: "t"}}
			change(&s)
			return c.keyAt(&s.cred, s.directory, &s.seen)
		})
	}
	basic, token := api.Credential{Kind: api.Basic, Text: "t"}, api.Credential{Kind: api.Bearer, Text: "t"}
	if c.key(&basic, "") == c.key(&token, "") || c.key(&token, "") == c.keyAt(&token, "", &circumstances{}) {
		t.Error("kinds, or places, are not told apart")
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

// TestKeepEvent: each text that is kept of an event is counted, however it got there.
func TestKeepEvent(t *testing.T) {
	ev := Event{Attempt: &api.Attempt{Header: api.Header{"X-A": {"b"}}}}
	_, before := keepEvent(ev)
	configured := map[string]bool{ // names out of the configuration, which are shared
		"Event.Identity.Directory": true, "Event.Identity.Method": true, "Event.Identity.Proof.Layout": true, "Event.Dialect": true,
		"Event.Rule": true, "Event.Attempt.Scheme": true, "Event.Attempt.Credential.Header": true, "Event.Attempt.Credential.Kind": true, "Event.Attempt.Directory": true,
	}
	var grow func(path string, v reflect.Value)
	grow = func(path string, v reflect.Value) {
		was := reflect.New(v.Type()).Elem()
		was.Set(v)
		const long = 10_000
		switch {
		case v.Kind() == reflect.Struct && v.Type().PkgPath() != "time" && v.Type().PkgPath() != "net/netip":
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					grow(path+"."+v.Type().Field(i).Name, v.Field(i))
				}
			}
			return
		case v.Kind() == reflect.Pointer && !v.IsNil():
			grow(path, v.Elem())
			return
		case v.Kind() == reflect.String:
			v.SetString(strings.Repeat("x", long))
		case v.Type() == reflect.TypeFor[[]string]():
			v.Set(reflect.ValueOf(make([]string, long)))
		case v.Type() == reflect.TypeFor[api.Header]():
			v.Set(reflect.ValueOf(api.Header{"X-A": make([]string, long)}))
		default:
			return
		}
		kept, size := keepEvent(ev)
		if size < before+long && !configured[path] && holds(reflect.ValueOf(kept), long) {
			t.Errorf("%s is kept, and not counted", path)
		}
		v.Set(was)
	}
	grow("Event", reflect.ValueOf(&ev).Elem())
	ev.Attempt.Certificate = make([]byte, 10_000)
	if kept, _ := keepEvent(ev); kept.Attempt.Certificate != nil {
		t.Error("Event.Attempt.Certificate is kept, and not counted")
	}
}

// holds reports whether a text or list in v is that long.
func holds(v reflect.Value, long int) bool {
	switch v.Kind() {
	case reflect.String, reflect.Slice:
		return v.Len() >= long
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if holds(v.MapIndex(key), long) {
				return true
			}
		}
	case reflect.Pointer:
		return !v.IsNil() && holds(v.Elem(), long)
	case reflect.Struct:
		for i := range v.NumField() {
			if holds(v.Field(i), long) {
				return true
			}
		}
	}
	return false
}
