// Package fetch makes the requests of http_fetch: it parses a guest's request, sends it
// if a grant allows it, and encodes the response for the guest.
//
// It is called by the host function (plugins/internal/sandbox):
//
//	text --Parse--> Request --Fetcher.Fetch--> [allow?] --> public | private addresses --> text
//	                                              ^ each redirect, too
//
// It does not decide what a plugin may reach, and keeps no state except connections.
package fetch
