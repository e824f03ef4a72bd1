// Package operator implements revocations and lookups for operators, who are told what was
// affected and what is still valid.
//
//	core.Admin, core.Engine.Introspect -> Operator -> core/internal/{revoke,standing,verify}
//
// Endpoints, which revoke for programs, use core/internal/revoke.
package operator
