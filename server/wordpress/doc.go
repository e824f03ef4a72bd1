// Package wordpress is how a WordPress reads requests, for whoever decides on them
// in front of one: for what it takes a request, where the query names another route
// or method, and which requests the body of another carries. Package app makes a
// [Reader] for each upstream that is a WordPress, and the engine calls it for every
// request to it ([core.Policy], Read).
//
//	path and query --Reader--> route.Reading: each thing that it could be
//	body of a batch ---------> route.Inner: each request in it
//
// What can be read in two ways is refused, not guessed. The package holds no state
// and decides nothing; users of a WordPress and their passwords are those of package
// core/users/wordpress. Everything is safe for concurrent use.
package wordpress
