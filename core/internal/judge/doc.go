// Package judge says what the engine accepts of what hooks leave: one judge for each
// point, and the bounds of the texts that hooks set.
//
//	core -> judge -> core/point, core/internal/narrow
//
// Judges that need the policy in force, or the token being made, are in core.
package judge
