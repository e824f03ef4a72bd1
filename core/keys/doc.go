// Package keys manages key material: loading, allowed uses, rotation at run time, and
// publication of the public keys.
//
// The engine owns one [Ring]; commands and the admin API rotate and export through it,
// core/token verifies with the keys it returns:
//
//	key file (JWK set, 0600) <--> Ring --Active()--------> sign
//	   ^ other processes           |  --Verifying(kid)---> verify
//	                               |  --JWKS()-----------> /.well-known/jwks.json
//	               Tick(now) ------+  next -> active -> retiring -> retired
//
// Every key is bound to one algorithm and to signatures when it is loaded. Unfit keys
// (short, factorable, off the curve, with contradicting uses) are rejected at that
// point, so verification does not check them again.
//
// Package issuerkeys has the public keys of external issuers in the same form.
//
// The package signs and verifies only [SignJWS] and [VerifyJWS] signatures, and serves
// no HTTP. jwx parses and encodes the JOSE formats; none of its types are exported.
package keys
