// Package e2e runs whole servers with third-party clients. It only has tests; "make test"
// runs them.
//
//	go test -> server/app -> listeners on the loopback <- npm jose, plain HTTP, Chromium
//	                 |
//	                 +----> a real WordPress      <- npm wpapi, @cocart/cocart-rest-api,
//	                                                 walk.sh .mjs .py .php
//
// The walks and the two clients' scripts are also samples: each is one file that a user
// can run against a site. Package parts starts the components of the tests. npm packages
// are pinned by package-lock.json, with a digest each. The client @cocart/sdk is not
// used: npm does not have it.
//
// Tests of a single package do not belong here.
package e2e
