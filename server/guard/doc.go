// Package guard puts the engine in front of an http.Handler, for Go programs that import
// Cardea instead of running it.
//
//	request -> Guard -> engine.Decide -> refused: JSON, WWW-Authenticate
//	                                  -> allowed: next, with the identity in the context
//
// Rules judge the request that the client sent, so the handler must serve that same
// request. Put the guard outside of everything that changes a request's path, method or
// host, and set Config.Prefix to a prefix that is removed before it. The guard refuses
// changed requests (500, [ReasonMisconfigured]) and requests that middleware below it
// could interpret differently: a path that avoids a stricter rule or a hook only by its
// trailing slash, a needlessly percent-encoded path, one with spaces or dots at the ends
// of segments, and a method override in a header or in the query. Hooks that decide by
// the path are therefore also asked about the path without its trailing slash, and with
// one if its rule treats both alike. Other resources that a request names, such as
// WebDAV's Destination, must be allowed as well, also below a prefix that
// http.StripPrefix may have removed (see Config.WholeDestinations), and by each Require
// of the guard. If the policy reads requests as WordPress does, batches and forms are
// refused (403, [ReasonNotInspected]), since the guard does not look into bodies. It reads
// one only for a method whose signature covers it ([core.BodyDigester]), up to
// [httpauth.MaxDigested] bytes, and the handler reads it again. Such a body must start
// within 10 s and arrive at 4 KiB per second or faster on average, since it is read before
// anybody is known to be allowed, and all bodies together take at most 64 MiB, one peer's
// an eighth of that; more are refused with 503. The time limit needs the connection: if
// middleware around the guard has a ResponseWriter without Unwrap (see
// [http.ResponseController]), the guard logs an error once, and the server's ReadTimeout
// is the only limit.
//
// It cannot see everything that happens below it, such as a method in a form. A router that
// removes endings from paths (/admin.json) or serves the index of a directory is only seen if
// Scripts of core.Policy says which files are programs, and one that finds the route elsewhere
// if Paths does. Rules that deny everything by default are safe from that.
//
// It does not link gin, fx, a WASM runtime or an SQL driver. Package ginguard is the same
// for gin.
package guard
