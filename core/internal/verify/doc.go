// Package verify determines the identity of a token: by its signature, its layout, its
// times, and the user that it names.
//
//	core/internal/{authenticate,revoke}, core -> Verifier -> keys, layouts, directories
//
// It does not check revocation and rules; callers check those on each use.
package verify
