// Package memory is a store in memory: maps behind one lock, lost with the process. It is
// for tests and for library users without a database.
//
//	memory.New() --> *Store, a store.Store
//
// It persists nothing and shares nothing between processes.
package memory
