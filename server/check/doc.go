// Package check finds what is wrong with a configuration, or may not be meant: mistakes
// beyond the form of values, settings without effect, rules that lead around a mount, and
// what is not there on this machine or the network.
//
//	configuration -> Check     -> mistakes: no server starts
//	              -> Faults    -> it starts, and a part of it can be used by nobody
//	              -> Warnings, LintWarnings -> it works, and may not be meant
//
// server/app's Examine calls all of it for "config check". It changes nothing.
package check
