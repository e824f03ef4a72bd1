// Package login logs users in by their passwords: the throttle, the directories, a second
// factor, and the hooks at both ends.
//
//	core.Tokens, core/internal/authenticate -> Logins -> login-before -> throttle -> password -> login-after
//
// It issues nothing. This is the one place where passwords are tried.
package login
