// Package sitecheck implements the commands that check a WordPress site or a gateway from
// outside, and that connect the two: doctor, test-login, quickstart, snippet and samples.
//
//	server/cli -> NewDoctor, NewTestLogin, NewQuickstart -> probe -> the site, over HTTP
//	                                                     -> the program's dialects (dialect.Client)
//	              NewSamples -> server/samples, without a request
//
// They know a dialect by the description of its clients, not by its name. A dialect that a
// program adds takes part if its Config describes them. The checks of doctor are methods in
// doctor*.go that doctor.run lists; server/check has those of the configuration alone.
package sitecheck
