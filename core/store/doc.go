// Package store says what a store is: one place that keeps users, sessions,
// API keys and the revocation log, so that a change and the revocations it
// causes are one transaction. The leaves declare what they need, and Store embeds it.
//
//	users.Repository  session.Log  session.Repository  API keys
//	          \            |               |           /
//	                      store.Store
//	          /            |
//	      memory/       sqlite/        <- both pass storetest.Run
//
// The package holds no driver.
package store
