package api

import (
	"errors"
	"fmt"
	"testing"
)

// TestError_said: the text has code, reason, sentence and cause, without repetition.
func TestError_said(t *testing.T) {
	for _, tc := range []struct {
		e    *Error
		want string
	}{
		{nil, "internal: a nil *Error was returned as an error"},
		{E(Denied, "", ""), "denied"}, {E(Denied, "role", ""), "denied (role)"}, {E(Denied, "", "no"), "denied: no"}, {E(Denied, "role", "no"), "denied (role): no"},
		{Wrap(Internal, "", "broken", errors.New("disk")), "internal: broken: disk"}, {Wrap(Internal, "", "", errors.New("disk")), "internal: disk"},
		{Wrap(Internal, "", "disk is broken", errors.New("disk")), "internal: disk is broken"}, {Wrap(Internal, "", "disk", errors.New("disk is broken")), "internal: disk is broken"},
		{Wrap(NotFound, "", "no user", fmt.Errorf("read: %w", ErrNotFound)), "not_found: no user: read"}, {Wrap(Conflict, "", "taken", fmt.Errorf("write: %w", ErrConflict)), "conflict: taken: write"},
		{Wrap(NotFound, "", "no user", ErrNotFound), "not_found: no user"}, {Wrap(Conflict, "", "taken", ErrConflict), "conflict: taken"}, {Wrap(NotFound, "", "", ErrNotFound), "not_found: not found"},
		{Wrap(Unavailable, "", "down", E(Unavailable, "", "down")), "unavailable: down"}, {Wrap(Unavailable, "", "down", Wrap(Unavailable, "", "down", errors.New("disk"))), "unavailable: down: disk"},
		{Wrap(Unavailable, "", "", Wrap(Unavailable, "", "down", errors.New("disk"))), "unavailable: down: disk"}, {Wrap(Unavailable, "", "users", Wrap(Unavailable, "", "down", errors.New("disk"))), "unavailable: users: down: disk"},
		{Wrap(Conflict, "lives", "nothing was done; it lives", E(Conflict, "", "nothing was done")), "conflict (lives): nothing was done; it lives"}, {Wrap(Denied, "", "no", E(Denied, "role", "no")), "denied: denied (role): no"},
		{Wrap(Denied, "role", "no", E(Denied, "role", "no")), "denied (role): no"}, {Wrap(Internal, "", "broken", E(Unavailable, "", "down")), "internal: broken: unavailable: down"}, {Wrap(Internal, "", "broken", (*Error)(nil)), "internal: broken: internal: a nil *Error was returned as an error"},
	} {
		if got := tc.e.Error(); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

// TestAsError: every error has a code, and nil has none.
func TestAsError(t *testing.T) {
	cause := errors.New("disk")
	refused := Wrap(Denied, "role", "no", cause)
	var none *Error
	for _, tc := range []struct {
		err    error
		code   Code
		reason string
	}{{nil, "", ""}, {cause, Internal, ""}, {refused, Denied, "role"}, {fmt.Errorf("ask: %w", refused), Denied, "role"}, {none, Internal, ""}, {fmt.Errorf("ask: %w", none), Internal, ""}} {
		if CodeOf(tc.err) != tc.code || ReasonOf(tc.err) != tc.reason {
			t.Errorf("%v: got code %q, reason %q; want %q, %q", tc.err, CodeOf(tc.err), ReasonOf(tc.err), tc.code, tc.reason)
		}
		if e := AsError(tc.err); (e == nil) != (tc.err == nil) {
			t.Errorf("AsError(%v) = %v, want nil for nil only", tc.err, e)
		}
	}
	if !errors.Is(refused, cause) || !errors.Is(AsError(cause), cause) || none.Unwrap() != nil {
		t.Error("a cause is lost")
	}
}
