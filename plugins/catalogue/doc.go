// Package catalogue describes hook points of a program's own to guests, in the terms of
// plugins/abi, from what their keyed views say.
//
//	a program -> hooks.NewFilter(...).WithView(view.New(...))
//	                |                       |
//	    core.Hooks.Add, Apply     plugins.Config.Points -> Of -> manifests, grants, bindings
//
// Cardea's own points need none of it: make generate writes them into plugins/abi.
package catalogue
