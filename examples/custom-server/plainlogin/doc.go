// Package plainlogin is a dialect of a program's own: a login by HTML form whose answer is
// the bare token, for devices that do not read JSON.
//
//	POST <prefix>/plain/login  user=ann&password=...  ->  200 text/plain, the token
//
// The engine decides; the dialect parses the request and encodes the answer.
package plainlogin
