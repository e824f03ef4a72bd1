// Package dialect defines what the APIs of the plugins that Cardea replaces have in
// common: mounts, the interfaces of a dialect, and access to the engine.
//
// Each plugin has its own package below this one; server/mount opens them. Package
// wordpress reads requests and formats answers as WordPress does.
//
//	request -> Mux -> wordpress.Namespace -> wordpress.Params -> a dialect's handler
//	                     |                                          |
//	                  index, OPTIONS,                               |  Login, Verify, Issue
//	                  rest_no_route                                 v
//	                                                  Site -> core.Engine (decides)
//	                                                    |
//	                                                    v  Grant (token-response), Refuse (error-response)
//	                                                  answer in WordPress's format
//
// A dialect package consists of a table of claims (core.TokenFormat), a table of
// errors, and a decode and an encode function for each route. Access decisions are made
// elsewhere, and nothing depends on a router.
package dialect
