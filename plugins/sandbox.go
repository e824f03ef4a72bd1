package plugins

import (
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
)

// What the sandbox tells of calls, under the names that it has for library users.
type (
	// Fault says that a plugin broke in a call, and how: Plugin, Point, Class (one
	// of the constants below) and Err. It is an error, for logs and metrics; clients
	// see no more of it than which value a point does not accept.
	Fault = sandbox.Fault
	// Call is what one call of a hook did: Plugin, Point, Status, Err, Changes, Fuel
	// and HostCalls.
	Call = sandbox.Call
	// Change is one entry of a call's journal: Key, Value, Deleted.
	Change = sandbox.Change
	// Shadow is what a shadow would have done: Plugin, Point, Refuses, Differences.
	Shadow = sandbox.Shadow
	// Difference is a field that a shadow would have left otherwise: Key, Is, Would,
	// Deletes.
	Difference = sandbox.Difference
	// Start is what a function burns that runs when an instance starts: Name, Fuel,
	// Limit, and an Error if no instance can start.
	Start = sandbox.Start
	// KV keeps what plugins put away with kv_put, each plugin for itself. A store
	// implements it: PluginGet, PluginPut, PluginIncr. Without one a host has a
	// [MemoryKV].
	KV = sandbox.KV
)

// The classes of a [Fault].
const (
	FaultTrap     = sandbox.FaultTrap     // the guest trapped or exited
	FaultFuel     = sandbox.FaultFuel     // it ran too long
	FaultCalls    = sandbox.FaultCalls    // it used up its host calls
	FaultStatus   = sandbox.FaultStatus   // it returned an unknown status, or one that makes no sense here
	FaultReported = sandbox.FaultReported // it returned a negative status
	FaultCommit   = sandbox.FaultCommit   // the point does not accept a value that it has set
	FaultBusy     = sandbox.FaultBusy     // no instance became free in time, or too many calls ran
	FaultStart    = sandbox.FaultStart    // a new instance could not be made
	FaultClosed   = sandbox.FaultClosed   // the plugin is closed
	FaultStack    = sandbox.FaultStack    // it called itself too deep; a trap that costs much memory
	FaultPaused   = sandbox.FaultPaused   // it broke too often and is disabled: see [Breaker]
	FaultHost     = sandbox.FaultHost     // the host panicked while it worked for the guest
)

// ErrClosed is what a closed host or plugin answers.
var ErrClosed = sandbox.ErrClosed
