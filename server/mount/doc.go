// Package mount is the mounts of a configuration: the dialects at their places, and what
// the engine and the doors must know of them and of the WordPress sites that they stand
// for.
//
//	configuration -> Open -> the dialects at their mounts -> engine: Rules, Application (sites, reading, grammar)
//	                                                      -> doors: endpoints, headers, words of refusals
//
// It opens no listener and stores nothing; server/app and server/check call it. What one
// plugin says or does is its dialect's.
package mount
