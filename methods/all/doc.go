// Package all is the list of authentication methods that the server knows: one
// line a method. Only server/mount, the commands and examples import it; a library
// user imports the methods wanted.
package all
