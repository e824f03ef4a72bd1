// Package e2e runs whole servers beside clients of other makers. It has tests
// only; "make test" runs them.
//
//	go test -> server/app -> listeners on the loopback <- npm jose, plain HTTP, Chromium
//	                 |
//	                 +----> a real WordPress      <- npm wpapi, @cocart/cocart-rest-api,
//	                                                 walk.sh .mjs .py .php
//
// The walks and the two clients' scripts are samples as well: each is one file that
// a user can run against a site. What the tests start is in package parts; what
// comes from npm is pinned by package-lock.json, with a digest for each package.
// The client @cocart/sdk is not there to be had: npm does not know it.
//
// It is no place for what one package can test alone.
package e2e
