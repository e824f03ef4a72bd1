// Package router is the public listener's HTTP handler: Cardea's own endpoints
// by gin, everything else by the gate. It is the only room that knows gin, apart
// from guard/ginguard. Package app calls it.
//
//	request -> access log -> recovery -> canonical path -> own endpoint: body limit, gin, handler
//	                                                    -> all others, and without one: the gate
//
// The gate gets the connection as net/http made it, not gin's view of it, so
// that streams and upgrades pass. The router decides nothing: an endpoint's
// handler and the gate ask the engine.
package router
