// Package filename finds the other paths at which servers may answer with the file, or the
// route, that a path names, as far as rules name them.
//
//	core/internal/compiled, core -> filename -> core/api, core/route
//
// It decides nothing.
package filename
