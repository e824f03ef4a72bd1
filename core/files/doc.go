// Package files opens files named in a configuration. It accepts only regular files, limits
// their size, and never blocks: a pipe could keep a server from starting, and a device
// could fill its memory.
package files
