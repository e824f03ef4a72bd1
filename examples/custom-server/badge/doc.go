// Package badge is an auth method of a program's own: who shows a badge in a header is
// its holder.
//
//	custom-server's main -> Config -> core.Method
//
// It shows the shape of a method; a badge that everybody at the door can read is no
// secret.
package badge
