// Package plugintest runs test vectors against a hook module. A vector has an event, the
// operator's grants, and the expected result.
//
// It is used by `cardea plugin test`, by an author's own Go tests through [Test], and by
// the tests of examples/plugins.
//
//	vectors.json --Parse--> File --Runner.Run--> Result --Problems--> author
//	                                  |
//	                     plugins.Host, the module, an event built from the vector
//
// A vector runs in the real host, with metering and with the grants that it names. It has
// its own clock, randomness and fixtures, so the same vector burns the same fuel
// everywhere. A [Recorder] writes vectors from live calls.
//
// The event is built from the description in plugins/abi, not by the engine: what the
// engine does with the result of a hook (bounds of lifetimes, stamped claims) is not
// simulated.
package plugintest
