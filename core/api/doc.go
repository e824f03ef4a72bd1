// Package api is the plain data that Cardea's packages exchange: the request ([Attempt]),
// the user ([Identity]), the content of a token ([Claims]) and the reason of a refusal
// ([Error]).
//
// Every package may import it: the engine, the servers, the stores, the WASM host and the
// guest-side SDK all use these types. It has no behaviour beyond reading and copying its
// own data, no HTTP types, and imports the standard library only.
package api
