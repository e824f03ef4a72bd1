// Package standing determines whether stored sessions and API keys are accepted at the
// moment, by their own state and that of their user.
//
//	core/internal/{issue,operator}, core.Accounts -> Standing -> store, directories, index
//
// It changes nothing.
package standing
