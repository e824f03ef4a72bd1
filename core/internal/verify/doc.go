// Package verify determines the identity of a token: by its signature, its token format, its
// times, and the user that it names.
//
//	core/internal/{authenticate,revoke}, core -> Verifier -> keys, token formats, directories
//
// It does not check revocation and rules; callers check those on each use.
package verify
