// Package mount implements the mounts of a configuration: it opens the dialects at their
// hosts and prefixes, and derives from them what the engine and the HTTP front ends need
// to know about the WordPress sites behind them.
//
//	configuration -> Open -> the dialects at their mounts -> engine: Rules, Application (sites, reading, grammar)
//	                                                      -> HTTP: endpoints, headers, error responses
//
// It opens no listener and stores nothing; server/app and server/check call it. The
// behaviour of a single WordPress plugin belongs to its dialect.
package mount
