// Package catalogue describes a program's own hook points to plugins, in the terms of
// plugins/abi, using their keyed views.
//
//	a program -> hooks.NewFilter(...).WithView(view.New(...))
//	                |                       |
//	    core.Hooks.Add, Apply     plugins.Config.Points -> Of -> manifests, grants, bindings
//
// Cardea's own points do not need it: make generate writes them into plugins/abi.
package catalogue
