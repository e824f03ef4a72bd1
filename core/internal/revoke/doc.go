// Package revoke ends what was issued: tokens, sessions, API keys, or all that a user holds.
//
//	core.Tokens, core.Admin, core/internal/issue -> Revoker -> revocation log, index, store
//
// A call returns once the log holds the revocation and this engine obeys it. What an
// operator is told of what was hit is in core/internal/operator.
package revoke
