// Package compiled is a policy made ready to decide by: rules in a tree, methods opened
// and their abilities looked up, sites in the order in which they count. It is
// immutable, but for the header names that plugins declare when they are reloaded.
//
//	core.New, Engine.Reload -> Compile -> Policy <- the steps of a decision, a login, an issue
//
// It answers from memory what the policy says of a place, a role or a layout. It asks no
// store and no directory, and calls no hook.
package compiled
