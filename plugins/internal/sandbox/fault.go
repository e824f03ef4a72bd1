package sandbox

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/plugins/internal/concurrency"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// ErrClosed is returned by calls of a closed version.
var ErrClosed = errors.New("closed")

var (
	errBusy  = errors.New("every instance is in use: raise limits.instances, or make the hook faster")
	errShare = errors.New("the plugin exceeds its share of time: make the hook faster, or raise limits.share")
	errCalls = errors.New("too many host calls in one call")
)

// The classes of a [Fault].
const (
	FaultTrap     = "trap"       // the guest trapped or exited
	FaultFuel     = "fuel"       // it used up its fuel
	FaultCalls    = "host_calls" // it used up its host calls
	FaultStatus   = "status"     // it returned an unknown status, or one that makes no sense here
	FaultReported = "reported"   // it returned a negative status
	FaultCommit   = "commit"     // the point does not accept a value that it has set
	FaultBusy     = "busy"       // no instance was free in time, or too many calls were running
	FaultStart    = "start"      // a new instance could not be created
	FaultClosed   = "closed"     // the plugin is closed
	FaultStack    = "stack"      // it recursed too deeply; a trap that costs much memory
	FaultPaused   = "paused"     // it failed too often and is disabled: see [BreakerLimits]
	FaultHost     = "host"       // the host panicked while it worked for the guest
)

// Fault says that a plugin failed in a call, and how. It is for logs and metrics; a
// client only learns which value the point did not accept.
type Fault struct {
	Plugin, Point string
	Class         string
	Err           error
}

// Error implements error.
func (f *Fault) Error() string {
	return fmt.Sprintf("plugin %s at %s: %s: %v", f.Plugin, f.Point, f.Class, f.Err)
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// counts reports whether the breaker counts the fault. A lack of instances or slots does
// not count, unless the plugin is over its share of time.
func (f *Fault) counts() bool {
	switch f.Class {
	case FaultBusy:
		return errors.Is(f.Err, errShare)
	case FaultClosed, FaultPaused:
		return false
	}
	return true
}

func poolClass(err error) string {
	switch {
	case errors.Is(err, ErrClosed):
		return FaultClosed
	case errors.Is(err, errBusy):
		return FaultBusy
	case errors.Is(err, wasm.ErrHost):
		return FaultHost
	}
	return FaultStart
}

func callClass(err error) string {
	switch {
	case errors.Is(err, wasm.ErrFuel):
		return FaultFuel
	case errors.Is(err, errCalls):
		return FaultCalls
	case errors.Is(err, wasm.ErrStack):
		return FaultStack
	case errors.Is(err, concurrency.ErrFull):
		return FaultBusy
	case errors.Is(err, wasm.ErrHost):
		return FaultHost
	}
	return FaultTrap
}

// maxFaultText is the maximum length of a fault's error text, in bytes.
const maxFaultText = 2 << 10

// shortError is an error whose text may contain output of a guest: it is cut, and escaped
// for terminals.
type shortError struct{ err error }

// Error implements error.
func (e shortError) Error() string { return printable.Escape(e.err.Error(), maxFaultText) }

// Unwrap returns the error with its full text.
func (e shortError) Unwrap() error { return e.err }

// hostPanic returns the error for a recovered panic.
func hostPanic(r any) error {
	if err, ok := r.(error); ok {
		return fmt.Errorf("%w: %w", wasm.ErrHost, err)
	}
	return fmt.Errorf("%w: %v", wasm.ErrHost, r)
}

// Recovered sets err if the host panics. Defer it where a plugin is loaded.
func Recovered(err *error) {
	if r := recover(); r != nil {
		*err = shortError{hostPanic(r)}
	}
}
