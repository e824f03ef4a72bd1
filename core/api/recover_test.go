package api_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

func TestRecover(t *testing.T) {
	call := func(f func() error) (err error) {
		defer api.Recover("method", "mine", &err)
		return f()
	}
	err := call(func() error { panic("ouch") })
	if e := api.AsError(err); e.Code != api.Internal || e.Public != "internal error" || !strings.Contains(err.Error(), `method "mine" panicked: ouch`) {
		t.Errorf("AsError: got %v, want Code %v, Public \"internal error\" and an error with %q", err, api.Internal, `method "mine" panicked: ouch`)
	}
	if want := errors.New("x"); call(func() error { return want }) != want || call(func() error { return nil }) != nil {
		t.Error("without a panic the error changes")
	}
}

// TestError_nil: a nil *Error in an error interface, a common mistake in Go, is an internal
// error and causes no panic.
func TestError_nil(t *testing.T) {
	var none *api.Error
	var err error = none
	if e := api.AsError(err); e == nil || e.Code != api.Internal {
		t.Errorf("AsError: got %v, want an internal error", e)
	}
	if api.CodeOf(err) != api.Internal || api.ReasonOf(err) != "" || err.Error() == "" || errors.Is(err, api.ErrNotMine) {
		t.Errorf("got code %q, text %q", api.CodeOf(err), err)
	}
}
