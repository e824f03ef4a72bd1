// Package events tells actions of what happened, and says how a request ends at which a
// hook or another part broke: what the client is told, and what the log.
//
//	the steps of a decision, a login, an issue -> Teller -> handlers of actions, the log
//
// It calls no filter: who does hands in the error that came back.
package events
