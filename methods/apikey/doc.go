// Package apikey is the API key method: a long random key per program, created and revoked
// by the user for whom it acts.
//
//	X-API-Key: cdk_...          \
//	Authorization: ApiKey cdk_.. } -> checksum -> look up id -> compare digest
//	Authorization: Bearer cdk_.. /    -> live? -> owner -> Identity
//
// A key with a wrong checksum is refused without a lookup. The store has the SHA-256 of the
// secret part, which is enough for 256 random bits. Keys are created and revoked with
// core.Accounts.
package apikey
