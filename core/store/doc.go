// Package store says what a store is: one place that keeps users, sessions,
// API keys and the revocation log, so that a change and the revocations it
// causes are one transaction. The server opens one and hands its parts to the leaves that
// declare what they need (users.Repository, session.Log, session.Repository).
//
//	users.Repository  session.Log  session.Repository  API keys
//	          \            |               |           /
//	                      store.Store
//	          /            |
//	      memory/       sqlite/        <- both pass storetest.Run
//
// The package holds no code and no driver, and imports neither users nor
// session: their interfaces fit by shape.
package store
