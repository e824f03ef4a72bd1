// Package store defines a store: one place for users, sessions, API keys and the revocation
// log, so that a change and its revocations are one transaction. The packages that use it
// define what they need, and Store embeds that.
//
//	users.Repository  session.Log  session.Repository  API keys
//	          \            |               |           /
//	                      store.Store
//	          /            |
//	      memory/       sqlite/        <- both pass storetest.Run
//
// The package contains no driver.
package store
