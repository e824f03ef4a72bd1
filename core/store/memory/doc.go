// Package memory is a store that forgets: everything lives in maps behind one
// lock and ends with the process. Tests and library users without a database
// use it.
//
//	memory.New() --> *Store, a store.Store
//
// It persists nothing and shares nothing between processes.
package memory
