// Package cors implements CORS (the Fetch standard's protocol) for the server. It runs
// before the router, so that one policy applies to Cardea's own endpoints, the dialects
// and the upstreams. Package app installs [Handler] when `cors` is enabled, else [Own].
//
//	request --> preflight? --yes--> Handler answers, without authentication; it adds what the
//	               |no              application lists, if the rules let the preflight through
//	               v
//	             router --> response, also a refusal --> Access-Control-* and Vary set here
//
// [Handler] decides on every response. Access-Control-* headers of upstreams and dialects
// are replaced; the headers that they expose, and what the sites' answers list, are added
// to the lists of the policy. Hooks at cors-headers may change origin, headers and methods
// of a response; after them, credentials are only allowed to an origin that the policy
// lists by name or by pattern, and never together with "*".
//
// [Own] marks only the answers that Cardea gives at the sites in place of an application.
// Pages of every origin may read them without credentials; responses of upstreams keep
// their headers.
//
// The default lists are the tags of config.CORS; what the sites' answers list comes from
// server/mount and the dialects.
//
// CORS is not access control: a page that may read a response still needs credentials,
// and only the browser keeps a response from a page that may not. [CheckReadable] and
// [CheckPreflight] decide as the browser does. The package knows nothing about cookies or
// tokens.
package cors
