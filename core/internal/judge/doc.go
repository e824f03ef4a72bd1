// Package judge validates the results of hooks: one judge for each hook point, and the
// limits of texts that hooks set.
//
//	core -> judge -> core/point, core/internal/narrow
//
// Judges that need the policy in force, or the token that is being issued, are elsewhere.
package judge
