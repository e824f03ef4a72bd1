// Package throttle slows down password guessing without locking users out, and limits
// call rates. The engine uses it before it checks a password, the API-key method and
// the dialects before they answer.
//
//	password attempt --> Limiter.Await --> wait, or check --> Failed | Succeeded | Void
//	API key          --> Meter.Take     \
//	dialect route    --> Counter.Take   / --> Quota: limit, remaining, reset
//
// Counts are in the memory of this process, of bounded size, and lost when it ends. Those
// of a Counter may be elsewhere: it is an interface, so that several processes can share
// one. The package does not use HTTP and writes no headers.
package throttle
