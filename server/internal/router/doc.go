// Package router is the public listener's HTTP handler: Cardea's own endpoints
// by gin, everything else by the gate. It is the only room that knows gin, apart
// from guard/ginguard.
//
//	request -> access log -> recovery -> own endpoint? -> yes: canonical path, body limit, handler
//	                                                   -> no:  the gate
//
// It decides nothing: an endpoint's handler and the gate ask the engine.
package router
