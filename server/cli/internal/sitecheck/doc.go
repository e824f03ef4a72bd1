// Package sitecheck has the commands that look at a WordPress or a gate from outside, and
// that connect the two: doctor, test-login, quickstart and snippet.
//
//	server/cli -> NewDoctor, NewTestLogin, NewQuickstart -> probe -> the site, over HTTP
//	                                                     -> server/dialect/all (which plugin answers?)
//
// They know a dialect by what its list says of its clients, never by its name.
package sitecheck
