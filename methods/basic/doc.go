// Package basic is the HTTP Basic method (RFC 7617): a login name or e-mail
// address and a password with every request. The engine remembers a success for
// a minute at most, so that not every request costs a password hash; a password
// change ends that at once.
//
//	Authorization: Basic base64(login:password) -> Deps.CheckPassword -> Identity
//
// Checking the password is a login: the hooks, limits and events of a login apply,
// once for each time that a success is remembered. A login that asks for a second
// factor refuses Basic, which has no room for one.
//
// With ApplicationOnly only those count that users made for their programs
// (Deps.CheckApplication), as a WordPress has it: a user's own is for logins.
//
// Configuration and the engine use it; it reads no header itself, the engine has
// taken the credential out already.
package basic
