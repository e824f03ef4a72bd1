// Package compiled is a policy compiled for decisions: a tree of rules, opened methods with
// their optional interfaces, and sites in order of precedence. It is immutable, except for
// the header names that plugins declare when they are reloaded.
//
//	core.New, Engine.Reload -> Compile -> Policy <- the steps of a decision, a login, an issue
//
// It answers from memory what the policy says about a place, a role or a token format. It uses no
// store and no directory, and runs no hook.
package compiled
