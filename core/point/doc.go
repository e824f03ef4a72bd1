// Package point is the catalogue of hook points: when each point runs, what it sees, and
// what handlers may change. [Hooks] is the manual for extensions.
//
//	core, plugins' hosts, Go functions -> Hooks -> hooks.Filter, hooks.Action
//	                                            -> the keyed views of plugins and expressions
//
// It calls no hooks: core does, and core/internal/judge checks the values that they set.
package point
