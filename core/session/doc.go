// Package session is what ends before its time: the revocation log and the
// index of it that every request asks. The engine calls the index on each
// decision; the server follows the log for as long as it runs.
//
//	AppendRevocations --> Log (core/store/*) --poll, overlap--> Tail --Apply--> Index
//	                                                                             |
//	                                          decision: Revoked(identity) <------+
//
// A check costs no round trip, no lock and no allocation. The package writes no
// tokens, keeps no rows and knows no database.
package session
