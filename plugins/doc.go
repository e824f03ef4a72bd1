// Package plugins is the host of WASM hooks: it loads modules that somebody else
// wrote, binds them to hook points, and keeps whatever they do inside the call.
//
// The assembly (server/app) and library users call it. A plugin is loaded once,
// bound to any of the points that it exports, and closed with the host:
//
//	Open -> Load(Spec) -> Bind(point) ... Reload ... Close
//
//	load: read, pin or signature (manifest) -> compile apart, into a cache (internal/compile)
//	      -> imports against grants (manifest) -> start, configure, snapshot (internal/sandbox)
//	      -> its own vectors -> live
//
//	point --view--> binding --> the live version's sandbox: breaker, pool, guest, journal
//	                   ^           |
//	                   |           v
//	          deny, skip or last_good <-- a fault
//
// A guest sees one event through a few host calls and changes it through a
// journal, so that a guest that traps, runs too long, refuses or talks nonsense
// has changed nothing. What a failure means is the binding's choice: deny, skip,
// or the version before the last reload. A plugin that keeps breaking is disabled
// for a while.
//
// A reload builds the new version beside the running one and swaps them; whatever
// is wrong with the new one, the old one stays.
//
// The package does not decide which plugins run, reads no configuration file,
// and serves no HTTP. What a plugin may ask for and get is in plugins/manifest, the
// ABI itself, in numbers and names, in plugins/abi.
package plugins
