// Package abi is the hook ABI in names, numbers and limits: what a WASM hook
// exports and imports, which keys each hook point has, and how much a guest may
// use.
//
// The host (plugins), the Go SDK for guests (plugins/sdk/go) and the tools read
// it; it is data and imports nothing, so that a guest that links it stays small.
//
//	guest exports   memory, hook_abi_v1, [configure], on_<point> ...
//	guest imports   hook_v1.get, hook_v1.set, ...
//
// The major version is in the names: a guest for another major exports another
// marker. A new point is a new export and no new version.
package abi
