// Package bench compares Cardea's plugin host with Extism's Go SDK on one task: read a
// token's lifetime, and write two hours if it is longer. Both guests are Go, built with
// the same toolchain; both hosts keep the guest's memory between calls. Extism runs
// without a timeout, which would make it several times slower.
//
// It has its own go.mod, so that the rest of Cardea does not depend on Extism:
//
//	cd examples/bench && go test -bench .
package bench
