// Package session implements refresh token families, the revocation log, and the in-memory
// index of it that every request is checked against. The engine starts and refreshes
// families and checks the index on each decision; the server follows the log as long as it
// runs.
//
//	login ----> Sessions.Begin --> cdr_<family>_<secret>_<checksum>
//	refresh --> Sessions.Rotate -> Repository (core/store/*): one compare-and-set
//	                                   |
//	                   reused, End, EndAll: revocation in the same transaction
//	                                   v
//	AppendRevocations --> Log (core/store/*) --poll, overlap--> Tail --Apply--> Index
//	                                                                             |
//	                                          decision: Revoked(identity) <------+
//
// A check needs no round trip, no lock and no allocation. The package signs no access
// tokens, stores no rows and knows no database.
package session
