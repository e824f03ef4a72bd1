// Package cache caches valid credentials, so that repeated use needs no hashing, signature
// check or database.
//
//	core/internal/authenticate -> Cache
//
// An entry only authenticates: the clock, revocation, rules and hooks are checked on each
// use.
package cache
