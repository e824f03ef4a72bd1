// Package wordpress is how a WordPress reads requests and words its answers, for what
// decides on them or answers in front of one.
//
//	path, query --Reader-----> route.Reading: each thing that the request could be
//	body -------Inspector----> route.Inner: each request in it; forms as they pass
//	request ----Namespace----> Params -> a dialect's handler -> Site: Refusal, Answer
//
// The engine calls a [Reader] for every request to an upstream that is a WordPress
// (Read in [core.Policy]); the proxy, and a door without a body, ask an [Inspector]
// about it; dialects make a [Namespace] and a [Site] of each mount. Package app says
// which upstreams are one, and where their REST APIs are ([API]).
//
// What can be read in two ways is refused, not guessed. The package decides nothing and
// keeps nothing. It knows no plugin: their routes, codes and sentences are those of the
// rooms below server/dialect. Users of a WordPress and their passwords are those of
// package core/users/wordpress.
//
// # What of WordPress's REST layer is not copied
//
//   - _method that names another method than the request's own, and
//     X-HTTP-Method-Override beside another method than POST: no route of a mount.
//   - _envelope and _jsonp: ignored. The first hides a refusal in a 200, the
//     second turns tokens into scripts.
//   - rest_route more than once, or beside a pretty path: no route.
//   - "Any origin with credentials": CORS is the server's.
//   - A JSON list or object where a text is due counts as empty; WordPress
//     breaks with a 500, or answers by version.
package wordpress
