// Package plainlogin is a dialect of a program's own: a login by HTML form whose answer is
// the bare token, for devices that do not read JSON.
//
//	POST <prefix>/plain/login  user=ann&password=...  ->  200 text/plain, the token
//
// Other methods get 405 with a line of help, by which 'custom-server doctor' identifies the
// dialect. The engine decides; the dialect parses the request and encodes the answer.
package plainlogin
