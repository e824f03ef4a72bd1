// Package state opens what a configuration names and a server keeps or reads: the store,
// keys, certificates, directories and passwords of upstreams.
//
// server/app opens all of it and closes it again; commands open what they need. It
// decides nothing.
package state
