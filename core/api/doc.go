// Package api is the plain data that crosses Cardea's borders: what a door saw
// ([Attempt]), who is asking ([Identity]), what a token says ([Claims]) and why
// something was refused ([Error]).
//
// Every room may import it: the engine, the doors, the stores, the WASM host and
// the guest-side SDK all speak these types. It holds no behaviour beyond reading
// and copying its own data, no HTTP types, and imports the standard library only.
package api
