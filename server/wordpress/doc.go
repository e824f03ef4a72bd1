// Package wordpress reads requests as WordPress does and writes answers in its format,
// for the gateway in front of a WordPress and for dialects that answer in its place.
//
//	path, query --Reader-----> route.Reading: each thing that the request could be
//	body -------Inspector----> route.Inner: each request in it; forms as they pass
//	request ----Namespace----> Params -> a dialect's handler -> Site: Refusal, Answer
//
// The engine calls a [Reader] for every request to an upstream that is a WordPress
// (Read in [core.Policy]); the proxy and integrations without a body call an
// [Inspector]; dialects create a [Namespace] and a [Site] for each mount. Package
// server/mount says which upstreams are a WordPress, and where their REST APIs are ([API]).
//
// Package internal/php finds parameters as PHP does, and internal/formroute checks the forms
// that an Inspector passes on.
//
// Ambiguous requests are rejected. The package makes no decisions and stores nothing.
// Routes, codes and messages of plugins are in the packages below server/dialect, users and
// passwords of a WordPress in package core/users/wordpress.
//
// # Differences from WordPress's REST layer
//
//   - _method that names another method than the request's own, and
//     X-HTTP-Method-Override with a method other than POST: no route of a mount.
//   - _envelope and _jsonp: ignored. The first hides a refusal in a 200, the
//     second turns tokens into scripts.
//   - rest_route more than once (400 at the gateway), or beside a pretty path: no route.
//   - "Any origin with credentials": origins are allowed by package cors.
//   - A JSON list or object instead of a string counts as empty; WordPress
//     answers 500, or depending on its version.
package wordpress
