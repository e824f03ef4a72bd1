// Package cors implements CORS (the Fetch standard's protocol) for the server. It runs
// before the router, so that one policy applies to Cardea's own endpoints, the dialects
// and the upstreams. Package app installs it when `cors` is enabled.
//
//	request --> preflight? --yes--> answered here, without authentication
//	               |no
//	               v
//	             router --> response, also a refusal --> Access-Control-* and Vary set here
//
// Access-Control-* headers of upstreams and dialects are replaced. Hooks at cors-headers
// may change origin, headers and methods of a response; after them, credentials are only
// allowed to an origin that the policy lists by name or by pattern, and never together
// with "*".
//
// CORS is not access control: a page that may read a response still needs credentials,
// and only the browser keeps a response from a page that may not. The package knows
// nothing about cookies or tokens.
package cors
