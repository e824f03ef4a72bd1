// Package samples writes the calls of a dialect's clients as programs to run and adapt:
// with curl, JavaScript's fetch, PHP, Python and Dart, and as a collection for Postman.
//
//	server/cli -> OfMounts       -> server/mount, for the paths of the configured mounts
//	           -> Write, Postman -> a template for each language
//	                             -> dialect.Client, which describes the calls
//
// Each program logs in, requests a resource with the token, validates the token and
// refreshes it, where the dialect has such a route. It reads the name and the password from
// the environment, so no sample contains a credential. The package sends no requests.
package samples
