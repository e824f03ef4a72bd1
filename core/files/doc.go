// Package files opens what an operator names and a server reads: a regular file,
// never more of it than there should be, and without waiting for whoever might write
// it. A pipe would keep a server from starting, a device would fill its memory.
package files
