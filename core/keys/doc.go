// Package keys is key material: where it comes from, what it may be used for,
// how it is replaced while the gate is running, and how others get the public
// part.
//
// The engine owns one [Ring]; commands and the admin API rotate and export
// through it, core/token verifies with what it returns:
//
//	key file (JWK set, 0600) <--> Ring --Active()--------> sign
//	   ^ other processes           |  --Verifying(kid)---> verify
//	                               |  --JWKS()-----------> /.well-known/jwks.json
//	               Tick(now) ------+  next -> active -> retiring -> retired
//
// Every key is bound to one algorithm and to signatures when it is loaded, and
// unfit ones (short, factorable, off the curve, of two minds about their use)
// are refused then, so that verifying need not ask again.
//
// A [Remote] holds the public keys of an external issuer in the same form, fetched
// with a cool-down from an address that cannot point into the house.
//
// It signs and verifies nothing, starts no goroutine and serves no HTTP.
// jwx reads and writes the JOSE forms and stays inside this room.
package keys
