// Package plugins is the host of WASM hooks: it loads modules that somebody else
// wrote, binds them to hook points, and keeps whatever they do inside the call.
//
// The assembly (server/app) and library users call it. A plugin is loaded once,
// bound to any of the points that it exports, and closed with the host:
//
//	Open -> Load(Spec) -> Bind(point) ... Reload ... Close
//
//	load: manifest, pin or signature -> scan -> compile apart, into a cache -> imports
//	      against grants -> start, configure, snapshot -> its own vectors -> live
//
//	point --view--> breaker -> [pool] --instance--> guest
//	                             |  get set del keys deny log ...   (import module hook_v1)
//	                             v
//	                          journal --only when the guest says continue or stop--> view
//	                             |
//	                          reset to the snapshot, once the caller has its answer
//
// A guest sees one event through a few host calls and changes it through a
// journal, so that a guest that traps, runs too long, refuses or talks nonsense
// has changed nothing. What a failure means is the binding's choice: deny, skip,
// or the version before the last reload. A plugin that keeps breaking is put
// aside for a while.
//
// A reload builds the new version beside the running one and swaps them; whatever
// is wrong with the new one, the old one stays.
//
// The package does not decide which plugins run, reads no configuration file,
// and serves no HTTP. The ABI itself, in numbers and names, is in plugins/abi.
package plugins
