// Package passhash implements the password hash formats for core/users: verification,
// cost, and measurement of the cost on this machine, so that every check can be made to
// take the same time.
//
//	stored hash --Find--> Form --Verify--> nil, ErrMismatch, or an error
//	                        \--Cost----> Stopwatch: Level adds the missing work
//
// Forms are pure functions: they know neither users nor directories, and do not limit
// concurrency.
package passhash
