// Package meter rewrites modules so that they cannot run away: every function
// entry and every loop head pays from a tank of fuel, and an empty tank traps.
//
// Package plugins' wasm room calls it on a module that wazero has validated, and
// compiles the result instead. wazero's own deadline looks at the clock at loop
// heads only, so that a tree of calls without a loop runs on for as long as it
// likes and keeps the whole process from collecting garbage; fuel bounds both.
//
//	module --Rewrite--> module'
//	         + a global for fuel (mutable, exported under a reserved name)
//	         + a charge at each function entry, loop head, bulk operation, growth
//	         + an imported function that refills the tank
//	         + an export of each mutable global, for resetting instances
//	         + a ceiling on tables
//	         - custom sections
//
// The tank is the last global and the walker refuses any index that the module did
// not declare, so no code of the guest can name it. The imported function takes the
// number behind the module's imports; the numbers of all functions behind it, wherever
// the module names them, become one higher. Charges depend on the code alone: the same
// input burns the same fuel on every machine. What divides, takes a root or rounds
// counts for 32 instructions.
//
// The tank holds a slice of what a guest may burn, the host the rest. Refilling leaves
// compiled code for a moment, so that a garbage collection waits for a slice and not
// for a call, and the host can measure a call, make it wait, or end it.
//
//	where                         units
//	function entry                4 + instructions / 64 + places in the frame
//	loop head                     1 + instructions inside / 64
//	memory.copy, fill, init       1 + bytes / 16
//	table.copy, fill, init, grow  1 + entries
//	memory.grow                   5000
//
// Within a function that has a loop the tank is a local, written back around
// calls and at the end: what a trap leaves in it is what the last call saw. A
// charge is a subtraction and a branch. At an entry and at a loop's head the branch
// leads out of the body, to a place behind it that refills and begins anew: what
// hardly ever happens stands where it is in nobody's way, and no call in the middle
// of a loop keeps the compiler from holding its numbers in registers. Branches that
// leave such a loop have that many more blocks to leave.
//
// It does not charge for host calls, which is the host's part, and does not
// validate: what it cannot walk it refuses, and wazero validates its output.
package meter
