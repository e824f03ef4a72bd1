// Package httpauth is what every HTTP door has in common: reading a request into an
// api.Attempt, knowing which proxies to believe, and writing a refusal.
//
//	*http.Request -> AttemptFrom(Trust) -> engine -> Decision -> Refuser: Words, hook, client
//
// The gateway, the guard and the decision endpoints call it. It decides nothing
// and forwards nothing.
package httpauth
