// Package verify says whose a token is: by its signature, its layout, its times, and the
// user whom it names.
//
//	core/internal/{authenticate,revoke}, core -> Verifier -> keys, layouts, directories
//
// Revocation and the rules are not looked at here: who uses the answer asks them each time.
package verify
