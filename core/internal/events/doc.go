// Package events fires events, and turns failures of hooks and other parts into refusals
// and log lines.
//
//	the steps of a decision, a login, an issue -> Teller -> handlers of actions, the log
//
// It does not run filters; callers pass it the error that a filter returned.
package events
