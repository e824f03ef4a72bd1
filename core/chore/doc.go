// Package chore does something again and again, and logs its failures without flooding
// the log.
//
//	core, server/app -> Chore.Repeat -> the caller's function
package chore
