// Package ginguard is package guard for gin: middleware for an engine or a
// group, and the identity of a request.
//
//	r.Use(ginguard.Middleware(g))
//	api := r.Group("/api", ginguard.Require(g, "editor"))
//
// The identity is in the request's context, so code that does not know gin sees
// it too.
package ginguard
