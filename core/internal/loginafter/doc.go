// Package loginafter asks login-after, and says what of roles and scopes a credential keeps
// when they are read anew.
//
//	core/internal/{login,issue,authenticate} -> Asker -> hooks at login-after
//
// It issues nothing and refuses nobody but for what hooks refuse.
package loginafter
