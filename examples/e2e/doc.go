// Package e2e runs whole servers beside clients of other makers. It has tests
// only; "make test" runs them.
//
//	go test -> server/app -> listeners on the loopback <- npm jose, plain HTTP
//
// What the tests start is in package parts; what comes from npm is pinned by
// package-lock.json. It is no place for what one package can test alone.
package e2e
