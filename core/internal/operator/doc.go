// Package operator revokes for people, who are told what was hit and what lives on, and says
// of a credential what it is.
//
//	core.Admin, core.Engine.Introspect -> Operator -> core/internal/{revoke,standing,verify}
//
// Doors, which revoke for programs, use core/internal/revoke.
package operator
