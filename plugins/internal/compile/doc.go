// Package compile compiles modules into a cache, usually in another process, since even a
// small module can keep a compiler busy for minutes.
//
// It is called by the host (plugins):
//
//	Compiler.Compile --scan--> [Process: job over stdin --> Main, with limits] --> cache --> wasm.Module
//	                        \-> in this process, for modules that are pinned or signed
//
// It does not read plugins from disk, check manifests or run anything.
package compile
