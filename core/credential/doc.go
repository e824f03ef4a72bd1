// Package credential extracts the credential of a request from its headers. It is the only
// package that does so. The engine calls it before any method runs.
//
//	headers + Spec --Extract--> api.Credential{Kind, ...} --> the methods
//
// It parses strictly and verifies nothing: passwords, keys and tokens are verified by the
// methods. It also defines the text form of an API key, whose checksum allows a typing
// error to be rejected before any lookup.
//
// # 400 or 401
//
// A request with more than one credential is ambiguous and refused (many_credentials):
// another program in the chain might pick a different one. It is a malformed request (400),
// unless one of the credentials is malformed: then it is a failed authentication (401),
// even if another one is valid. A single credential that cannot be parsed is a failed
// authentication (401, bad_credential), never a missing one.
//
// All functions are safe for concurrent use.
package credential
