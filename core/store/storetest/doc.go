// Package storetest is a conformance suite for stores, called by each store's own tests.
//
//	func TestStore(t *testing.T) { storetest.Run(t, open) }
//
// RunVault and RunCounter do the same for a keys.Vault and a throttle.Counter.
//
// It tests the contract of store.Store, which callers may rely on with any store. Features
// of a single store (files, migrations) are tested by that store.
package storetest
