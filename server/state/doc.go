// Package state opens what a configuration names and a server stores or reads: the store,
// keys, certificates, directories and passwords of upstreams.
//
// server/app opens everything and closes it again; commands open what they need. The
// package makes no decisions.
package state
