// Package dialect is the contract of the plugins that Cardea replaces, as far as
// they have it in common: what a mount is, what a dialect provides, and how
// WordPress reads parameters and writes answers.
//
// Each plugin has a room of its own below this one; server/app mounts them.
//
//	request -> Mux -> Namespace -> Params -> a room's handler
//	                     |                        |
//	                  index, OPTIONS,             |  Login, Verify, Issue
//	                  rest_no_route               v
//	                                Site -> core.Engine (decides)
//	                                  |
//	                                  v  Grant (token-response), Refuse (error-response)
//	                                answer as WordPress writes it
//
// A room is four things: a table of claims (core.Layout), a table of errors,
// and a decode and an encode function for each route. What WordPress itself
// does to every REST request is here, once. Nothing here decides who may pass,
// and nothing depends on a router.
//
// # What of WordPress's REST layer is not copied, for every dialect
//
//   - A method override (X-HTTP-Method-Override, _method) that names another
//     method than the request's own: no route. A gate and an application behind
//     it must not see two methods in one request.
//   - _envelope and _jsonp: ignored. The first hides a refusal in a 200, the
//     second turns tokens into scripts.
//   - rest_route more than once, or beside a pretty path: no route.
//   - "Any origin with credentials": CORS is the server's, not a dialect's.
//   - A JSON list or object where a text is due counts as empty; WordPress
//     breaks with a 500, or answers by version.
package dialect
