// Package cors is the server's answer to browsers that ask on behalf of pages
// from elsewhere (the Fetch standard's CORS protocol). It stands before the
// router, so that Cardea's own endpoints, the dialects' and the upstreams behind
// the gate are governed by one policy. Package app puts it there when `cors` is
// enabled.
//
//	request --> preflight? --yes--> answered here: nobody is asked for credentials
//	               |no
//	               v
//	             router --> answer, refusals too --> Access-Control-* and Vary set here
//
// What an upstream or a dialect says in Access-Control-* headers is replaced.
// Hooks at cors-headers may change origin, headers and methods of an answer;
// afterwards credentials are allowed only to an origin that the policy itself
// lists by name or by pattern, and never together with "*".
//
// It lets nobody pass: a page that may read an answer is still asked for its
// credentials, and a page that may not is kept from the answer by its browser
// alone. It knows nothing of cookies or tokens.
package cors
