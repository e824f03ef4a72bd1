// Package login logs users in by password: throttle, directories, second factor, and the
// login hooks.
//
//	core.Tokens, core/internal/authenticate -> Logins -> login-before -> throttle -> password -> login-after
//
// It issues nothing. Passwords are checked only here.
package login
