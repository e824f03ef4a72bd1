// Package credential takes the one credential of a request out of its headers,
// and is the only place that does. The engine calls it before any method runs.
//
//	headers + Spec --Extract--> api.Credential{Kind, ...} --> the methods
//
// It reads strictly and verifies nothing: passwords, keys and tokens are the
// methods' business. It also defines the text form of an API key, whose
// checksum lets a typing error be refused before anything is looked up.
//
// # 400 or 401
//
// A request that shows more than one credential is ambiguous and refused
// (many_credentials): whichever were picked, another program in the chain might
// pick the other. That is no request at all (400), unless one of them is bad on
// its face: then it is a failed authentication (401), which a good one beside it
// does not mend. A single credential that cannot be read is a failed
// authentication (401, bad_credential), never an absent one.
//
// All functions are safe for concurrent use.
package credential
