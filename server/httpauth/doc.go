// Package httpauth holds what all HTTP entry points share: converting a request to an
// api.Attempt, trusting proxies, and writing a refusal.
//
//	*http.Request -> AttemptFrom(Trust) -> engine -> Decision -> Refuser: Words, hook, client
//
// It is called by the gateway, the guard and the decision endpoints. It makes no
// decisions and forwards nothing.
package httpauth
