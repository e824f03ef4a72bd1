package core_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// secondFactor is a login-before handler that requires the answer "code".
type secondFactor struct {
	judged atomic.Int64                                         // wrong codes checked
	wrong  func(v core.LoginAttempt) (core.LoginAttempt, error) // how it refuses them
}

const rightCode = "123456"

func asks(v core.LoginAttempt) (core.LoginAttempt, error) {
	v.Challenge = &core.Challenge{Kind: "2fa_required", Public: "enter the code"}
	return v, nil
}

func (f *secondFactor) judge(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
	switch v.Answers["code"] {
	case rightCode:
		return v, nil
	case "":
		return asks(v)
	}
	f.judged.Add(1)
	return f.wrong(v)
}

// ways are the ways in which handlers report a wrong code.
func ways() map[string]func(core.LoginAttempt) (core.LoginAttempt, error) {
	return map[string]func(core.LoginAttempt) (core.LoginAttempt, error){
		"challenge": asks,
		"refusal":   func(v core.LoginAttempt) (core.LoginAttempt, error) { return v, core.Deny("code", "wrong code") },
		"error":     func(v core.LoginAttempt) (core.LoginAttempt, error) { return v, errors.New("wrong code") },
		"panic":     func(core.LoginAttempt) (core.LoginAttempt, error) { panic("wrong code") },
	}
}

func withFactor(t *testing.T, wrong func(core.LoginAttempt) (core.LoginAttempt, error)) (*testEngine, *secondFactor) {
	f := &secondFactor{wrong: wrong}
	return withHooks(t, func(hs *core.Hooks) { hs.LoginBefore.Bind("2fa", f.judge) }), f
}

func (h *testEngine) answer(login, password, code, from string) error {
	_, err := h.Tokens().Login(context.Background(), core.LoginRequest{
		Login: login, Password: api.Secret(password), Peer: api.Peer{Addr: netip.MustParseAddr(from)}, Answers: map[string]string{"code": code},
	})
	return err
}

func from(i int) string { return fmt.Sprintf("198.51.%d.%d", i/250, i%250+1) }

// TestFactor_bounded: a client with the right password gets ten wrong codes in 15 minutes,
// counted over all addresses and all names of the user. After that the right code is
// refused too.
func TestFactor_bounded(t *testing.T) {
	for name, wrong := range ways() {
		h, f := withFactor(t, wrong)
		names := []string{"bob", "BOB", "bob@example.org", " bob"}
		for i := range 40 {
			h.clock.advance(20 * time.Second) // so that the throttle does not delay it
			if err := h.answer(names[i%len(names)], password, fmt.Sprint(i), from(i)); err == nil {
				t.Fatalf("%s: a wrong code logs in", name)
			}
			if i%3 == 0 { // the first step resets nothing
				h.tryLogin("bob", password, from(i))
			}
		}
		if n := f.judged.Load(); n != 10 {
			t.Errorf("%s: %d wrong codes were judged, want 10", name, n)
		}
		err := h.answer("bob", password, rightCode, "192.0.2.1")
		if e := api.AsError(err); e == nil || e.Code != api.Throttled || e.RetryAfter <= 0 || e.RetryAfter > 15*time.Minute {
			t.Errorf("%s: the right code after ten wrong ones: %v, want to wait", name, err)
		}
		if err := h.answer("alice", password, rightCode, "192.0.2.9"); err != nil {
			t.Errorf("%s: another user: %v", name, err)
		}
		h.clock.advance(15 * time.Minute)
		if err := h.answer("bob", password, rightCode, "192.0.2.1"); err != nil {
			t.Errorf("%s: the right code 15 minutes later: %v", name, err)
		}
	}
}

// TestFactor_successGivesNothingBack: a successful login does not reset the wrong codes.
func TestFactor_successGivesNothingBack(t *testing.T) {
	h, f := withFactor(t, asks)
	for i := range 30 {
		h.clock.advance(10 * time.Second)
		h.answer("bob", password, fmt.Sprint(i), from(i))
		if err := h.answer("bob", password, rightCode, "192.0.2.1"); err != nil && i < 9 {
			t.Fatalf("after %d wrong codes of others: %v", i+1, err)
		}
	}
	if n := f.judged.Load(); n > 10 {
		t.Errorf("%d wrong codes were judged", n)
	}
}

// TestFactor_strangers: clients without the password do not use up the user's ten codes and
// learn nothing about them.
func TestFactor_strangers(t *testing.T) {
	for name, wrong := range ways() {
		h, _ := withFactor(t, wrong)
		for i := range 50 {
			h.clock.advance(10 * time.Second)
			h.answer("bob", "wrong horse", fmt.Sprint(i), from(i))
		}
		h.answer("bob", password, rightCode, "192.0.2.1") // may be delayed by the failures of others
		h.clock.advance(5 * time.Second)
		if err := h.answer("bob", password, rightCode, "192.0.2.1"); err != nil {
			t.Errorf("%s: bob after guesses by others: %v", name, err)
		}
		if name != "challenge" {
			continue
		}
		for _, code := range []string{"", "1", rightCode} {
			if err := h.answer("alice", "wrong horse", code, "192.0.2.7"); api.ReasonOf(err) != api.ReasonWrongPassword {
				t.Errorf("code %q with a wrong password: got %v, want reason %q", code, err, api.ReasonWrongPassword)
			}
		}
	}
}

// TestFactor_atOnce: simultaneous attempts share the ten codes.
func TestFactor_atOnce(t *testing.T) {
	h, _ := withFactor(t, asks)
	var told, passed atomic.Int64
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			switch err := h.answer("bob", password, fmt.Sprint(i), from(i)); api.ReasonOf(err) {
			case api.ReasonChallenge:
				told.Add(1)
			case "":
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	if told.Load() > 10 || passed.Load() > 0 {
		t.Errorf("%d wrong codes were reported as wrong and %d accepted, want at most 10 and none", told.Load(), passed.Load())
	}
}

// TestLogin_succeedsAtItsEnd: only a complete login resets the failures. Ten wrong
// passwords are not delayed, the eleventh is.
func TestLogin_succeedsAtItsEnd(t *testing.T) {
	for _, tt := range []struct {
		name   string
		bind   func(*core.Hooks)
		clears bool
	}{
		{"a whole login", func(*core.Hooks) {}, true},
		{"a challenge", func(h *core.Hooks) {
			h.LoginBefore.Bind("x", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) { return asks(v) })
		}, false},
		{"a refusal afterwards", func(h *core.Hooks) {
			h.LoginAfter.Bind("x", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) { return v, core.Deny("", "no") })
		}, false},
		{"a hook that breaks afterwards", func(h *core.Hooks) { h.LoginAfter.Bind("x", panics[core.LoginResult]) }, false},
	} {
		h := withHooks(t, tt.bind)
		for range 10 {
			h.tryLogin("bob", "wrong horse", "192.0.2.1")
		}
		h.tryLogin("bob", password, "192.0.2.1")
		h.tryLogin("bob", "wrong horse", "192.0.2.1") // the eleventh failure, unless the login has reset them
		err := h.tryLogin("bob", "wrong horse", "192.0.2.1")
		if cleared := api.CodeOf(err) != api.Throttled; cleared != tt.clears {
			t.Errorf("%s: the next try: %v; want the failures cleared: %v", tt.name, err, tt.clears)
		}
	}
}

// TestFactor_network: a user of a network has one account at all its sites, and so one
// limit of ten wrong codes.
func TestFactor_network(t *testing.T) {
	ctx := context.Background()
	pw := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	hash, err := pw.Hash(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
	f, clock := &secondFactor{wrong: asks}, &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	hs := core.NewHooks()
	hs.LoginBefore.Bind("2fa", f.judge)
	anna := []api.User{{Number: 1, Login: "anna", Hash: hash}}
	e, err := core.New(ctx, core.Config{
		Directories: []users.Directory{
			&foreignTable{name: "forum", network: "wp", users: anna}, &foreignTable{name: "shop", network: "wp", users: anna},
			&foreignTable{name: "other", users: anna},
		},
		Passwords: pw, Now: clock.Now,
		Policy: core.Policy{Hooks: hs, WhenStale: core.StaleOpen, Application: core.Application{Sites: []core.Site{
			{Name: "forum", Host: "forum.example", Directory: "forum"}, {Name: "shop", Host: "shop.example", Directory: "shop"},
			{Name: "other", Host: "other.example", Directory: "other"},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	login := func(site, code string, i int) error {
		clock.advance(20 * time.Second)
		_, err := e.Tokens().Login(ctx, core.LoginRequest{
			Login: "anna", Password: password, Dialect: site, Answers: map[string]string{"code": code}, Peer: api.Peer{Addr: netip.MustParseAddr(from(i))},
		})
		return err
	}
	for i := range 30 {
		login([]string{"forum", "shop"}[i%2], fmt.Sprint(i), i)
	}
	if n := f.judged.Load(); n != 10 {
		t.Errorf("%d wrong codes were judged in the network, want 10", n)
	}
	if err := login("shop", rightCode, 99); api.CodeOf(err) != api.Throttled {
		t.Errorf("the right code: %v, want to wait", err)
	}
	if err := login("other", rightCode, 98); err != nil {
		t.Errorf("the user of that name elsewhere: %v", err)
	}
}
