// Package dialect is the contract of the plugins that Cardea replaces, as far as
// they have it in common: what a mount is, what a dialect provides, and how it asks
// the engine.
//
// Each plugin has a room of its own below this one; server/mount opens them. How
// WordPress reads requests and words answers is package wordpress.
//
//	request -> Mux -> wordpress.Namespace -> wordpress.Params -> a room's handler
//	                     |                                          |
//	                  index, OPTIONS,                               |  Login, Verify, Issue
//	                  rest_no_route                                 v
//	                                                  Site -> core.Engine (decides)
//	                                                    |
//	                                                    v  Grant (token-response), Refuse (error-response)
//	                                                  answer as WordPress writes it
//
// A room is four things: a table of claims (core.TokenFormat), a table of errors,
// and a decode and an encode function for each route. Nothing here decides who may
// pass, and nothing depends on a router.
package dialect
