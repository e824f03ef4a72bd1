// Package storetest is the suite that every store passes with one call. A
// store's own tests call it; nothing else does.
//
//	func TestStore(t *testing.T) { storetest.Run(t, open) }
//
// It tests the contract of store.Store: what a caller may rely on with any
// store. What only one store has (files, migrations) is that store's to test.
package storetest
