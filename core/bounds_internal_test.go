package core

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// TestHeld_bounded: however many logins have to wait, so many are remembered, and those
// that are over go first.
func TestHeld_bounded(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	login := func(i int) *loginRequest {
		return &loginRequest{LoginRequest: LoginRequest{Login: fmt.Sprint("user", i)}}
	}
	var h held
	for i := range mostHeld {
		until := now.Add(time.Minute)
		if i%2 == 0 {
			until = now.Add(time.Second)
		}
		h.note(login(i), "account", now, until)
	}
	if name, ok := h.name(login(0), now); !ok || name != "account" {
		t.Errorf("the first is %q, %v", name, ok)
	}
	now = now.Add(time.Second)
	if _, ok := h.name(login(0), now); ok {
		t.Error("the first waits still")
	}
	h.note(login(mostHeld), "account", now, now.Add(time.Minute))
	if _, ok := h.name(login(1), now); !ok || len(h.list) != mostHeld/2+1 {
		t.Errorf("one that waits is known: %v, of %d", ok, len(h.list))
	}
	for i := range 2 * mostHeld {
		h.note(login(i), "account", now, now.Add(time.Minute))
	}
	if len(h.list) > mostHeld {
		t.Errorf("%d are remembered", len(h.list))
	}
	if _, ok := h.name(login(2*mostHeld-1), now); !ok {
		t.Error("the newest is not known")
	}
}

// TestFaultLog_bounded: so many causes are told apart in a second.
func TestFaultLog_bounded(t *testing.T) {
	var f faultLog
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for second := range 2 {
		told := 0
		for i := range 3 * mostCauses {
			if _, ok := f.admit(fmt.Sprint("cause ", i), now); ok {
				told++
			}
		}
		if _, ok := f.admit("cause 0", now); ok || told != mostCauses {
			t.Errorf("second %d: %d causes are told", second, told)
		}
		now = now.Add(time.Second)
	}
}

// TestClose_once: what an engine has opened is closed once, in reverse, whatever one of
// them says.
func TestClose_once(t *testing.T) {
	e, err := New(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	var closed []string
	e.opened = append(e.opened, closing(func() error { closed = append(closed, "first"); return nil }),
		closing(func() error { closed = append(closed, "second"); return errors.New("broken") }))
	if err := e.Close(); err == nil {
		t.Error("the error is not told")
	}
	if err := e.Close(); err != nil || fmt.Sprint(closed) != "[second first]" {
		t.Errorf("closed %v, then %v", closed, err)
	}
}

type closing func() error

func (c closing) Close() error { return c() }

// TestAsked: each kind of error has one code for who asks without a credential.
func TestAsked(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		err  error
		code api.Code
	}{
		"nobody":      {fmt.Errorf("x: %w", ErrNotFound), api.NotFound},
		"disabled":    {api.E(api.Unauthenticated, api.ReasonDisabled, "x"), api.Denied},
		"away":        {api.Wrap(api.Unavailable, "", "x", broken), api.Unavailable},
		"at fault":    {broken, api.Internal},
		"another's":   {api.E(api.Unauthenticated, api.ReasonTokenSubject, "x"), api.Unauthenticated},
		"no such key": {storedAPIKey(ErrNotFound, "k"), api.NotFound},
		"revoked key": {storedAPIKey(ErrConflict, "k"), api.Conflict},
		"store away":  {storedAPIKey(broken, "k"), api.Unavailable},
		"said itself": {storedAPIKey(api.E(api.Denied, "", "x"), "k"), api.Denied},
	} {
		if got := api.CodeOf(asked(c.err)); got != c.code {
			t.Errorf("%s: %s, want %s", name, got, c.code)
		}
	}
	if asked(nil) != nil || storedAPIKey(nil, "k") != nil {
		t.Error("no error became one")
	}
}
