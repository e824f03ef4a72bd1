// Package throttle slows guessing down without locking anybody out, and counts
// calls against limits. The engine asks it before it checks a password, the
// API-key method and the dialects before they answer.
//
//	password tried --> Limiter.Await --> wait, or try --> Failed | Succeeded | Void
//	API key        --> Meter.Take     \
//	dialect route  --> Windows.Take   / --> Quota: limit, remaining, reset
//
// Counts are in memory, of a fixed size, and of this process alone; they end
// with it. The package knows no HTTP and writes no headers.
package throttle
