// Package jwktest builds JWK sets for the tests of core/keys and core/keys/issuerkeys,
// including sets that a hostile issuer would publish.
package jwktest
