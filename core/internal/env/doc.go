// Package env is what the steps of a decision, a login and an issue share: the store, the
// keys, the revocation index, the directories, the policy in force, the clock and the log.
//
//	core.New -> Env <- core/internal/{login,issue,verify,revoke,...}
//
// It also knows how long revocations must be kept. It decides nothing.
package env
