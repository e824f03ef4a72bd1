// Package router is the public listener's HTTP handler: Cardea's own endpoints with gin,
// everything else with the gateway. Apart from guard/ginguard it is the only package that
// uses gin. It is called by package app.
//
//	request -> access log -> recovery -> canonical path -> own endpoint: body limit, gin, handler
//	                                                    -> all others, and without one: the gateway
//
// The gateway gets the connection from net/http, not wrapped by gin, so that streams and
// upgrades work. The router makes no decisions: the handlers of endpoints and the gateway
// call the engine.
package router
