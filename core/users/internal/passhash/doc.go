// Package passhash knows the forms in which passwords are hashed, for core/users: how
// each is verified, what that costs, and how long the cost takes on this machine, so that
// one try can be made to take as long as another.
//
//	stored hash --Find--> Form --Verify--> nil, ErrMismatch, or what is wrong with it
//	                        \--Cost----> Stopwatch: Level works as long as is missing
//
// Forms are pure: they know no users, no directories and no limits of how many run at
// once.
package passhash
