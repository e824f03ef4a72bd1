package plugins

import (
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// The classes of a [Fault].
const (
	FaultTrap     = "trap"       // the guest trapped or exited
	FaultFuel     = "fuel"       // it ran too long
	FaultCalls    = "host_calls" // it used up its host calls
	FaultStatus   = "status"     // it returned an unknown status, or one that makes no sense here
	FaultReported = "reported"   // it returned a negative status
	FaultCommit   = "commit"     // the point refused a change that it made
	FaultBusy     = "busy"       // no instance became free in time, or too many calls ran
	FaultStart    = "start"      // a new instance could not be made
	FaultClosed   = "closed"     // the plugin is closed
	FaultStack    = "stack"      // it called itself too deep; a trap that costs much memory
	FaultPaused   = "paused"     // it broke too often and is put aside: see [Breaker]
)

// Fault says that a plugin broke in a call, and how. It is for logs and metrics;
// clients never see it.
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

// counts reports whether the class says something about the guest, for the
// breaker; a full house does not.
func (f *Fault) counts() bool {
	switch f.Class {
	case FaultBusy, FaultClosed, FaultPaused:
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
	case errors.Is(err, errCrowded):
		return FaultBusy
	}
	return FaultTrap
}
