// Package control connects commands to a server that runs on the same data directory: a
// lock keeps a second server out, and a socket (mode 0600) gives access to the running
// process.
//
//	<data>/lock          held by the server while it runs
//	<data>/control.sock  HTTP over a Unix socket: GET /hooks, /plugins
//	                     and /status, POST /plugins/reload, and the
//	                     routes of package manage
//
// Without a server, administration commands open the store themselves.
package control
