// Package bench compares Cardea's plugin host with Extism's Go SDK on one job in
// one run: read a token's lifetime, and write two hours if it is more. Both guests
// are Go, built by the same toolchain; both hosts keep the guest's memory from call
// to call. Extism runs without a timeout, as that costs it a multiple.
//
// It has a go.mod of its own, so that nothing else of Cardea knows of Extism:
//
//	cd examples/bench && go test -bench .
package bench
