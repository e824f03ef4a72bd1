// Package sandbox runs one version of a plugin: a pool of instances, calls of hooks, the
// host functions that a guest calls, and the breaker.
//
// It is called by the host (plugins), which creates a version from a compiled module,
// passes the resources that versions share, and says which hooks to call:
//
//	New(Options, *Deps, *Usage) -> Version.Call(hook, view) ... Close
//
//	Call -> breaker -> pool -> limits on time and concurrency -> instance runs the guest
//	                                     |  get set del keys deny log kv http ...  (Funcs)
//	                                     v
//	                       journal --only when the guest says continue or stop--> view
//	Call <- nil, hooks.ErrStop, a refusal, or a *Fault; then the instance is reset
//
// It reads no manifest, compiles nothing, and does not know about bindings: the host
// decides what a fault means.
//
// The files, bottom up: records, fault, usage, breaker, journal, access and pool know
// nothing about guests; deps is what a version passes to its guests; guest, fields and
// host* are the guest's side; start, instance and call are the version's.
package sandbox
