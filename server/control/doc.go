// Package control is how commands reach a server that runs on the same data
// directory: a lock that keeps a second server out, and a socket (mode 0600)
// that answers what only the running process knows.
//
//	<data>/lock          held by the server for as long as it lives
//	<data>/control.sock  HTTP over a Unix socket: GET /hooks, /plugins
//	                     and /status, POST /plugins/reload, and what
//	                     package manage answers
//
// Without a server, commands that administer open the store themselves.
package control
