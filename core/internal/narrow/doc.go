// Package narrow compares the rights of identities: whether one has roles or scopes that
// another lacks.
//
//	core, core/point, core/internal/judge -> narrow
//
// It decides nothing.
package narrow
