// Package ginguard is package guard for gin: middleware for an engine or a group, and the
// identity of a request.
//
//	r.Use(ginguard.Middleware(g))
//	api := r.Group("/api", ginguard.Require(g, "editor"))
//
// gin selects the route before its middleware runs, so a request is refused if gin may
// have read its path differently than the rules; see package guard.
//
// The identity is in the request's context, so code without gin can read it too.
package ginguard
