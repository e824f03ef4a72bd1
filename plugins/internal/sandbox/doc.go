// Package sandbox is one version of a plugin at work: a pool of instances, the call of
// a hook, the host functions that a guest calls back, and the breaker.
//
// The host (plugins) calls it. It makes a version of a compiled module, lends it
// what versions share, and says at which hooks it is called:
//
//	New(Options, *Deps, *Usage) -> Version.Call(hook, view) ... Close
//
//	Call -> breaker -> pool -> limits on time and concurrency -> instance runs the guest
//	                                     |  get set del keys deny log kv http ...  (Funcs)
//	                                     v
//	                       journal --only when the guest says continue or stop--> view
//	Call <- nil, hooks.ErrStop, a refusal, or a *Fault; then the instance is reset
//
// It reads no manifest, compiles nothing, and does not know about bindings: what a
// fault means is the host's business.
//
// The files from the bottom up: records, fault, usage, breaker, journal, access and
// pool know no guest; deps is what a version lends its guests; guest, fields and host*
// are a guest's side; start, instance and call are the version's.
package sandbox
