// Command generate writes what follows from the catalogue of hook points, which is
// written once: in [point.Hooks], a field a point with its name in a tag, and in the
// types of the points' values, whose fields name their keys in tags.
//
//	core/point/{hooks,values}.go -> core/point/catalogue.go   NewHooks, keyed views, copies
//	                             -> core/points.go            the names in package core
//	                             -> plugins/abi/points.go     what guests are told
//
// A point's tag is its name, with ",enrich" where a plugin that breaks is skipped:
//
//	TokenClaims *hooks.Filter[TokenClaims] `point:"token-claims,enrich"`
//
// A field's tag is its key, with ",write" where hooks may change it, ",right=NAME" for
// the right without which they may only narrow it, and ",named" for a family whose
// members are granted by their full names. A family ends in ".*". "user", "peer" and
// "req" stand for all keys of an [api.Identity], [api.Peer] and [api.Attempt].
//
//	Claims api.Claims `key:"claim.*,write"`
//
// A field of a type that the generator does not know, and each further key of a field
// after a semicolon, has its view written by hand, in a function named by the type and
// the key: errorResponseStatus for the key "status" of an ErrorResponse. What it is in
// JSON, unless text, is said by ",int", ",bool" or ",json".
//
// Where there is a function such as tokenClaimsNarrower, handlers without the right
// roles.widen are held to it, see [hooks.Guard].
//
// It is run by make generate; its test fails where a file is stale.
package main
