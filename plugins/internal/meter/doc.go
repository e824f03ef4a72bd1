// Package meter rewrites modules so that they cannot run forever: every function entry
// and every loop head takes fuel from a tank, and running out of fuel traps.
//
// It is called by plugins/internal/wasm, which passes it a module that wazero has
// validated and compiles the result. wazero's own deadline checks the clock only at loop
// heads, so a tree of calls without a loop could run for a long time and block garbage
// collection of the whole process. Fuel bounds both.
//
//	module --Rewrite--> module'
//	         + a global for fuel (mutable, exported under a reserved name)
//	         + a charge at each function entry, loop head, bulk operation, growth
//	         + an imported function that refills the tank
//	         + an export of each mutable global, for resetting instances
//	         + a maximum on tables
//	         - custom sections
//
// The tank is the last global, and the walker rejects any index that the module did not
// declare, so guest code cannot access it. The imported function gets the first index
// after the module's imports; the indices of all later functions increase by one,
// wherever the module uses them. Charges depend only on the code: the same input burns
// the same fuel on every machine. An instruction that divides, takes a root or rounds
// counts as 32 instructions.
//
// The tank holds a slice of the fuel that a guest may burn; the host holds the rest. A
// refill briefly leaves compiled code, so a garbage collection waits for a slice and not
// for a whole call, and the host can measure a call, delay it, or end it.
//
//	where                         units
//	function entry                4 + instructions / 64 + places in the frame
//	loop head                     1 + instructions inside / 64
//	memory.copy, fill, init       1 + bytes / 16
//	table.copy, fill, init, grow  1 + entries
//	memory.grow                   5000
//
// In a function with a loop the tank is a local that is written back around calls and at
// the end; after a trap the global has the value from the last call. A charge is a
// subtraction and a branch. At a function entry and a loop head the branch leads out of
// the body to code after it that refills and restarts: the rare case is kept out of the
// way, and without a call in the middle of a loop the compiler can keep values in
// registers. Branches that leave such a loop have to leave that many more blocks.
//
// It does not charge for host calls, which the host does itself, and it does not
// validate: it rejects instructions that it does not know, and wazero validates its
// output.
package meter
