// Package jwktest builds JWK sets for the tests of core/keys and core/keys/issuerkeys, also
// such as a hostile issuer would publish.
package jwktest
