package plugins

import (
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
)

// Types that describe calls, exported from the sandbox for library users.
type (
	// Fault says that a plugin failed in a call, and how: Plugin, Point, Class (one of
	// the constants below) and Err. It is an error for logs and metrics; a client only
	// learns which value the point did not accept.
	Fault = sandbox.Fault
	// Call describes one call of a hook: Plugin, Point, Status, Err, Changes, Fuel and
	// HostCalls.
	Call = sandbox.Call
	// Change is one entry of a call's journal: Key, Value, Deleted.
	Change = sandbox.Change
	// Shadow is what a shadow binding would have done: Plugin, Point, Refuses,
	// Differences.
	Shadow = sandbox.Shadow
	// Difference is a field that a shadow would have set differently: Key, Is, Would,
	// Deletes.
	Difference = sandbox.Difference
	// Start is the fuel used by a function that runs when an instance starts: Name, Fuel,
	// Limit, and an Error if no instance can start.
	Start = sandbox.Start
	// KV stores the entries of kv_put, separately for each plugin. A store implements it
	// with PluginGet, PluginPut and PluginIncr. A host without one uses a [MemoryKV].
	KV = sandbox.KV
)

// The classes of a [Fault].
const (
	FaultTrap     = sandbox.FaultTrap     // the guest trapped or exited
	FaultFuel     = sandbox.FaultFuel     // it used up its fuel
	FaultCalls    = sandbox.FaultCalls    // it used up its host calls
	FaultStatus   = sandbox.FaultStatus   // it returned an unknown status, or one that makes no sense here
	FaultReported = sandbox.FaultReported // it returned a negative status
	FaultCommit   = sandbox.FaultCommit   // the plugin set a value that the point does not accept
	FaultBusy     = sandbox.FaultBusy     // no instance was free in time, or too many calls were running
	FaultStart    = sandbox.FaultStart    // a new instance could not be created
	FaultClosed   = sandbox.FaultClosed   // the plugin is closed
	FaultStack    = sandbox.FaultStack    // it recursed too deeply; a trap that costs much memory
	FaultPaused   = sandbox.FaultPaused   // it failed too often and is disabled: see [Breaker]
	FaultHost     = sandbox.FaultHost     // the host panicked while it worked for the guest
)

// ErrClosed is returned by a closed host or plugin.
var ErrClosed = sandbox.ErrClosed
