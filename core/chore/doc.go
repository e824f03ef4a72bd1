// Package chore runs periodic tasks and logs their failures without flooding the log.
//
//	core, server/app -> Chore.Repeat -> the caller's function
package chore
