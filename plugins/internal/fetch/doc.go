// Package fetch makes the requests of http_fetch: it reads what a guest writes, sends
// it where a rule allows, and writes the response as guests read it.
//
// The host function (plugins/internal/sandbox) calls it:
//
//	text --Parse--> Request --Fetcher.Fetch--> [allow?] --> public | private addresses --> text
//	                                              ^ each redirect, too
//
// It does not decide what a plugin may reach, and keeps nothing but connections.
package fetch
