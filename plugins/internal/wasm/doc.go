// Package wasm compiles, instantiates and calls modules. It is the only package that
// imports wazero.
//
// It is called by plugins/internal/compile for modules and by plugins/internal/sandbox
// for instances, which also supplies the host functions. It knows nothing about events or
// about what a guest may do with them.
//
//	Engine (compilation cache, one per host)
//	  └─ Module (a runtime of its own: memory limit, host functions)
//	       └─ Instance (one goroutine at a time) --Call--> i32 or error
//
// A module gets the host functions and a WASI that denies nearly everything: output goes
// to the log, the clock has a resolution of a millisecond, random bytes come from the
// host, and there are no files, no environment and no network.
package wasm
