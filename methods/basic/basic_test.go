package basic_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/methodtest"
)

func check(_ context.Context, login string, password api.Secret, _ api.Peer) (api.Identity, error) {
	switch {
	case login != "alice":
		return api.Identity{}, api.E(api.Unauthenticated, api.ReasonUnknownUser, "nobody is called "+login)
	case password != "right":
		return api.Identity{}, api.E(api.Unauthenticated, api.ReasonWrongPassword, "wrong for alice")
	}
	return api.Identity{Subject: "u1", Login: "alice"}, nil
}

func open(t *testing.T, c basic.Config, check func(context.Context, string, api.Secret, api.Peer) (api.Identity, error)) core.Method {
	t.Helper()
	m, err := c.Open("basic", core.Deps{CheckPassword: check})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func credentialOf(user, password string) api.Credential {
	return api.Credential{Kind: api.Basic, User: user, Password: api.Secret(password)}
}

func TestContract(t *testing.T) {
	methodtest.Run(t, methodtest.Case{
		Open: func(t *testing.T) core.Method { return open(t, basic.Config{}, check) },
		Good: credentialOf("alice", "right"), Want: "u1",
		Bad:     []api.Credential{credentialOf("alice", "wrong"), credentialOf("bob", "right"), credentialOf("", "")},
		Foreign: []api.Credential{{Kind: api.Bearer, Text: "x.y.z"}, {Kind: api.APIKeyKind, Text: "cdk_"}},
	})
}

// Reasons may differ in the log, but not in the response to the client.
func TestAuthenticate_refusalsLookAlike(t *testing.T) {
	m := open(t, basic.Config{}, check)
	var told []string
	for _, c := range []struct{ user, password, reason string }{
		{"bob", "right", api.ReasonUnknownUser}, {"alice", "wrong", api.ReasonWrongPassword},
	} {
		_, err := m.Authenticate(context.Background(), api.Attempt{Credential: credentialOf(c.user, c.password)})
		if api.ReasonOf(err) != c.reason {
			t.Errorf("%s: got reason %q, want %q", c.user, api.ReasonOf(err), c.reason)
		}
		told = append(told, api.AsError(err).Public)
	}
	if told[0] != told[1] {
		t.Errorf("an unknown user gets %q, a wrong password %q", told[0], told[1])
	}
}

func TestAuthenticate_technicalError(t *testing.T) {
	down := api.Wrap(api.Unavailable, "", "users cannot be checked", errors.New("disk on fire"))
	m := open(t, basic.Config{}, func(context.Context, string, api.Secret, api.Peer) (api.Identity, error) { return api.Identity{}, down })
	_, err := m.Authenticate(context.Background(), api.Attempt{Credential: credentialOf("alice", "right")})
	if api.CodeOf(err) != api.Unavailable {
		t.Errorf("got %v, want code unavailable: a failure is not a verdict", err)
	}
}

func TestOpen(t *testing.T) {
	tests := []struct {
		name string
		cfg  basic.Config
		ok   bool
	}{
		{"zero", basic.Config{}, true},
		{"a second", basic.Config{CacheFor: time.Second}, true},
		{"a minute", basic.Config{CacheFor: time.Minute}, true},
		{"longer", basic.Config{CacheFor: time.Minute + 1}, false},
		{"negative", basic.Config{CacheFor: -1}, false},
		{"realm with a quote", basic.Config{Realm: `a"b`}, false},
		{"realm with a line end", basic.Config{Realm: "a\r\nSet-Cookie: x"}, false},
	}
	for _, tt := range tests {
		if _, err := tt.cfg.Open("basic", core.Deps{}); (err == nil) != tt.ok {
			t.Errorf("%s: got %v, want it accepted: %v", tt.name, err, tt.ok)
		}
	}
}

// TestApplicationOnly: the setting decides which password check is called.
func TestApplicationOnly(t *testing.T) {
	says := func(reason string) func(context.Context, string, api.Secret, api.Peer) (api.Identity, error) {
		return func(context.Context, string, api.Secret, api.Peer) (api.Identity, error) {
			return api.Identity{}, api.E(api.Unauthenticated, reason, "no")
		}
	}
	for only, want := range map[bool]string{false: "any", true: "program's"} {
		m, err := basic.Config{ApplicationOnly: only}.Open("basic", core.Deps{CheckPassword: says("any"), CheckApplication: says("program's")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Authenticate(t.Context(), api.Attempt{Credential: credentialOf("alice", "right")}); api.ReasonOf(err) != want {
			t.Errorf("application only %v: got %v, want the check %s", only, err, want)
		}
	}
}

func TestChallenge(t *testing.T) {
	for realm, want := range map[string]string{
		"":         `Basic realm="cardea", charset="UTF-8"`,
		"the shop": `Basic realm="the shop", charset="UTF-8"`,
	} {
		c, _ := core.Capability[core.Challenger](open(t, basic.Config{Realm: realm}, check))
		if got := c.Challenge(nil); got != want {
			t.Errorf("realm %q: got %s, want %s", realm, got, want)
		}
	}
}
