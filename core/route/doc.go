// Package route is the map of what may be asked for: it turns a raw request
// target into the one path that everything else speaks of, and finds the rule
// that governs it. The engine calls it for each request; the gateway calls it
// once more to write the path that was decided on.
//
//	raw target --Canonical--> path --Table.Match--> Rule --> engine decides
//	                           |
//	                           +--EscapePath--> what the upstream is sent
//
// There is exactly one reading of a path: it is decoded once, and a target that
// another program could read in a different way (dot segments, encoded slashes,
// doubled slashes, backslashes, parameters) is refused, not repaired.
//
// Where an application takes requests for others than their request lines say, or
// finds further ones in a body, somebody else reads them: [Reading] and [Inner] are
// what comes of it.
//
// It also knows the names under which a client could forge an identity, after the
// documentation of proxies and products, and those by which a hook could change what
// a request means: see [Client], [Settable] and [Names].
//
// It does not authenticate, holds no state and reads no headers but their
// names. All functions and a compiled [Table] are safe for concurrent use.
package route
