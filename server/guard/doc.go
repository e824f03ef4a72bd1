// Package guard puts the engine in front of an http.Handler: for Go teams who
// import Cardea instead of running it.
//
//	request -> Guard -> engine.Decide -> refused: JSON, WWW-Authenticate
//	                                  -> allowed: next, with the identity in the context
//
// Rules judge the request that the client has sent, so a handler must answer that
// request. Put the guard outside of everything that changes a request's path,
// method or host, and name a prefix that is taken off before in Config.Prefix. The
// guard refuses what it finds changed (500, [ReasonMisconfigured]), and what
// middleware below could change: a path of which only the slash at its end keeps a
// stricter rule or a hook away, a needlessly percent-encoded one, one with blanks or dots
// at the ends of segments, and a method override in a header or in the query. So hooks
// that decide by the path are asked about it without the slash at its end, too, and with
// one where its rule takes both for one. What a request names besides, such as WebDAV's
// Destination, must be allowed as well, also below a prefix that http.StripPrefix may have
// taken off (see Config.WholeDestinations), and by each Require of the guard. Where the
// policy reads requests as a WordPress does, batches and forms are refused (403,
// [ReasonNotInspected]), for the guard reads no bodies.
//
// It cannot see what else happens below it, such as a method in a form or a router that
// cuts file extensions off; rules that close everything but what they list are safe from
// that.
//
// It links neither gin nor fx, no WASM runtime and no SQL driver. Package
// ginguard is the same for gin.
package guard
