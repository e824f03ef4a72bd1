// Package session is what ends before its time: refresh families, the
// revocation log, and the index of it that every request asks. The engine begins
// and refreshes families and calls the index on each decision; the server
// follows the log for as long as it runs.
//
//	login ----> Families.Begin --> cdr_<family>_<secret>_<checksum>
//	refresh --> Families.Rotate -> Repository (core/store/*): one compare-and-set
//	                                   |
//	                   reused, End, EndAll: revocation in the same transaction
//	                                   v
//	AppendRevocations --> Log (core/store/*) --poll, overlap--> Tail --Apply--> Index
//	                                                                             |
//	                                          decision: Revoked(identity) <------+
//
// A check costs no round trip, no lock and no allocation. The package signs no
// access tokens, keeps no rows and knows no database.
package session
