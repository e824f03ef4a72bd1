package sandbox

import (
	"errors"
	"testing"

	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// TestFault_classes tests the class of each error, and which count against the guest.
func TestFault_classes(t *testing.T) {
	wrapped := func(err error) error { return errors.Join(errors.New("call"), err) }
	other := errors.New("other")
	for err, want := range map[error][2]string{
		ErrClosed: {FaultClosed, FaultTrap}, errBusy: {FaultBusy, FaultTrap}, wasm.ErrHost: {FaultHost, FaultHost}, wasm.ErrFuel: {FaultStart, FaultFuel}, errCalls: {FaultStart, FaultCalls}, wasm.ErrStack: {FaultStart, FaultStack}, concurrency.ErrFull: {FaultStart, FaultBusy}, other: {FaultStart, FaultTrap},
	} {
		if poolClass(wrapped(err)) != want[0] || callClass(wrapped(err)) != want[1] {
			t.Errorf("%v: got %s, %s, want %v", err, poolClass(wrapped(err)), callClass(wrapped(err)), want)
		}
	}
	for _, class := range []string{FaultTrap, FaultFuel, FaultCalls, FaultStatus, FaultReported, FaultCommit, FaultStart, FaultStack, FaultHost} {
		if !(&Fault{Class: class}).counts() {
			t.Errorf("%s does not count", class)
		}
	}
	for class, err := range map[string]error{FaultClosed: nil, FaultPaused: nil, FaultBusy: errBusy} {
		if (&Fault{Class: class, Err: err}).counts() {
			t.Errorf("%s counts", class)
		}
	}
	if !(&Fault{Class: FaultBusy, Err: shortError{errShare}}).counts() {
		t.Error("more than its share does not count")
	}
	f := &Fault{Plugin: "p", Point: "x", Class: FaultTrap, Err: shortError{other}}
	if !errors.Is(f, other) || f.Error() != "plugin p at x: trap: other" {
		t.Errorf("got %v, want \"plugin p at x: trap: other\"", f)
	}
}
