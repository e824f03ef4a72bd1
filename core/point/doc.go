// Package point is the catalogue of hook points: what runs when, what each point sees,
// and what may be changed there. [Hooks] is the whole extension manual.
//
//	core, plugins' hosts, Go functions -> Hooks -> hooks.Filter, hooks.Action
//	                                            -> the keyed views of plugins and expressions
//
// It calls nothing: core does, and core/internal/judge says which values it accepts.
package point
