// Package plugins is the host of WASM hooks: it loads third-party modules, binds them to
// hook points, and keeps the effects of each call inside that call.
//
// It is called by the assembly (server/app) and by library users. A plugin is loaded
// once, bound to any of the points that it exports, and closed with the host:
//
//	Open -> Load(Spec) -> Bind(point) ... Reload ... Close
//
//	load: read, pin or signature (manifest) -> compile in another process, into a cache (internal/compile)
//	      -> imports against grants (manifest) -> start, configure, snapshot (internal/sandbox)
//	      -> its own vectors -> live
//
//	point --view--> binding --> the live version's sandbox: breaker, pool, guest, journal
//	                   ^           |
//	                   |           v
//	          deny, skip or last_good <-- a fault
//
// A guest sees one event through a few host calls and changes it through a journal: a
// guest that traps, runs too long, refuses or sets invalid values has changed nothing.
// The binding's on_error says what a failure means: deny, skip, or the last good version
// before a reload. A plugin that keeps failing is disabled for a while.
//
// A reload builds the new version beside the running one and swaps them. If anything is
// wrong with the new version, the old one keeps running.
//
// The package does not decide which plugins run, reads no configuration file, and serves
// no HTTP. Requests for rights and grants are in plugins/manifest, the numbers and names
// of the ABI in plugins/abi.
package plugins
