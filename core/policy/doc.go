// Package policy is everything that a reload may replace: methods, rules, token formats,
// sites, external issuers, hooks. It is the result of loading a configuration; library
// users write it directly.
//
//	server/app, library users -> Policy -> core.New, Engine.Reload
//
// It holds data and validates single values. core/internal/compiled compiles it and
// validates it as a whole; core decides.
package policy
