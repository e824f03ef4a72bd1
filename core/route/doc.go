// Package route maps requests to rules: it converts a raw request target to a canonical
// path and finds the rule for it. The engine calls it for each request, and the gateway
// calls it to write the path that was decided on.
//
//	raw target --Canonical--> path --Table.Match--> Rule --> engine decides
//	                           |
//	                           +--EscapePath--> what the upstream is sent
//
// A path has exactly one interpretation: it is decoded once, and a target that another
// program could interpret differently (dot segments, encoded slashes, double slashes,
// backslashes, parameters) is refused, not corrected.
//
// For applications that treat a request as another one than its request line says, or find
// further requests in a body, other packages interpret the request; [Reading] and [Inner]
// are the results.
//
// The package also knows the header names by which a client could forge an identity, from
// the documentation of proxies and products, and those by which a hook could change the
// meaning of a request: see [Client], [Settable] and [Names].
//
// It does not authenticate, holds no state, and reads only the names of headers. All
// functions and a compiled [Table] are safe for concurrent use.
package route
