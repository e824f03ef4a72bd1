// Package plugintest runs test vectors against a hook module: what is in the
// event, what the operator grants, and what the hook shall make of it.
//
// `cardea plugin test` runs them, an author's own Go tests do through [Test],
// and the plugins in examples/plugins pass theirs the same way.
//
//	vectors.json --Parse--> File --Runner.Run--> Result --Problems--> author
//	                                  |
//	                     plugins.Host, the module, an event made of the vector
//
// A vector runs in the real host: metered, with the grants that it names, and
// with clock, randomness and fixtures of its own, so that the same vector burns
// the same fuel everywhere. A [Recorder] writes vectors of live calls.
//
// The event is made of what plugins/abi says of the point, not by the engine:
// what the engine does with a hook's answer afterwards (bounds of lifetimes,
// stamped claims) is not simulated here.
package plugintest
