// Package basic is the HTTP Basic method (RFC 7617): a login name or e-mail address and a
// password in every request. The engine caches a success for a minute at most, so that not
// every request costs a password hash; a password change invalidates it at once.
//
//	Authorization: Basic base64(login:password) -> Deps.CheckPassword -> Identity
//
// Checking the password is a login: the hooks, limits and events of a login apply, once for
// each time that a success is cached. A user whose login requires a second factor cannot
// use Basic.
//
// With ApplicationOnly only application passwords (Deps.CheckApplication) are accepted, as
// in WordPress; a user's own password is for logins.
//
// The engine extracts the credential from the headers; the package itself reads none.
package basic
