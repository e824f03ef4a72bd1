// Package wasm compiles, instantiates and calls modules. wazero lives here and
// nowhere else.
//
// plugins/internal/compile calls it for modules, plugins/internal/sandbox for their
// instances, and supplies the host functions; what an event is, or what a guest may do
// with it, is unknown here.
//
//	Engine (compilation cache, one a host)
//	  └─ Module (a runtime of its own: memory limit, host functions)
//	       └─ Instance (one goroutine at a time) --Call--> i32 or error
//
// A module finds its host functions and a WASI that denies nearly everything:
// output goes to the log, the clock ticks in milliseconds, random bytes come
// from the host, and there are no files, no environment and no network.
package wasm
