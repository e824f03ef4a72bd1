// Package check finds problems in a configuration: mistakes beyond the form of values,
// settings without effect, rules that bypass a mount, and files, databases and upstreams
// that are missing.
//
//	configuration -> Check     -> mistakes: no server starts
//	             -> Faults    -> it starts, but some part does not work
//	             -> Warnings, LintWarnings -> it works, but may not be intended
//
// A check that needs the configuration alone is in the file that its subject names;
// examinenet.go and examinestate.go open what it names, for "config check" without
// --offline.
//
// server/app's Examine runs all of them for "config check". The package changes nothing.
package check
