// Package loginafter runs login-after, and determines which roles and scopes a credential
// keeps when they are read again.
//
//	core/internal/{login,issue,authenticate} -> Asker -> hooks at login-after
//
// It issues nothing, and refuses only what hooks refuse.
package loginafter
