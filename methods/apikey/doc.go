// Package apikey is the API-key method: a long random key per program, made and
// revoked by its owner, acting for that user.
//
//	X-API-Key: cdk_...          \
//	Authorization: ApiKey cdk_.. } -> checksum -> look up id -> compare digest
//	Authorization: Bearer cdk_.. /    -> live? -> owner -> Identity
//
// A key with a wrong checksum is refused before anything is looked up. The store
// holds the SHA-256 of the secret part, which is enough for a key of 256 random
// bits. Making and revoking keys is core.Accounts' work.
package apikey
