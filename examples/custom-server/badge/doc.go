// Package badge is an example of a custom auth method: a request with the right badge in a
// header is authenticated as its holder.
//
//	custom-server's main -> Config -> core.Method
//
// It only shows the structure of a method; a badge is not a secret.
package badge
