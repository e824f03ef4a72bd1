// Package filename finds the other paths at which servers may answer with the file, or the
// route, that a path names: below a program, by the index of a directory, and with or without
// an ending that rules name.
//
//	core/internal/compiled, core -> filename -> core/api, core/route
//
// It decides nothing.
package filename
