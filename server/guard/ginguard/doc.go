// Package ginguard is package guard for gin: middleware for an engine or a
// group, and the identity of a request.
//
//	r.Use(ginguard.Middleware(g))
//	api := r.Group("/api", ginguard.Require(g, "editor"))
//
// gin chooses the route before its middleware runs, so a request is refused whose
// path gin may have read in another way than the rules; see package guard.
//
// The identity is in the request's context, so code that does not know gin sees
// it too.
package ginguard
