// Package storeerr converts the errors of stores, directories and keys for administrative
// calls: one code for each kind of error.
//
//	core, core/internal/* -> storeerr -> core/api
//
// Requests with credentials get other errors: there, an unknown user is a bad credential.
package storeerr
