// Package guard puts the engine in front of an http.Handler: for Go teams who
// import Cardea instead of running it.
//
//	request -> Guard -> engine.Decide -> refused: JSON, WWW-Authenticate
//	                                  -> allowed: next, with the identity in the context
//
// It links neither gin nor fx, no WASM runtime and no SQL driver. Package
// ginguard is the same for gin.
package guard
