// Package policy is all that a reload may replace: methods, rules, token layouts, sites,
// external issuers, hooks. It is what configuration becomes, and what a library user
// writes by hand.
//
//	server/app, library users -> Policy -> core.New, Engine.Reload
//
// It holds data and checks single values. Making it ready, with all that belongs
// together, is core/internal/compiled's work; deciding is core's.
package policy
