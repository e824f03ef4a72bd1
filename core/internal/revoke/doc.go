// Package revoke revokes what was issued: tokens, sessions, API keys, or everything that a
// user holds.
//
//	core.Tokens, core.Admin, core/internal/issue -> Revoker -> revocation log, index, store
//
// A call returns once the revocation is in the log and this engine applies it. Reports for
// operators are in core/internal/operator.
package revoke
