// Package storeerr words the errors of stores, directories and keys for who administers:
// one code for each kind of error.
//
//	core, core/internal/* -> storeerr -> core/api
//
// Requests with credentials are answered otherwise: to them, a user who is not there is a
// bad credential.
package storeerr
