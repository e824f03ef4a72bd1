// Package cache remembers credentials that were found good, so that a repeat costs no hash,
// signature or database.
//
//	core/internal/authenticate -> Cache
//
// An entry proves who somebody is, never that they may pass: the clock, revocation, rules
// and hooks are asked each time.
package cache
