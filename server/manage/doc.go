// Package manage administers an engine over HTTP and JSON: users, API keys, sessions,
// tokens, revocations and signing keys. [Handler] is the server side, [Client] the typed
// client.
//
//	command -> Client -> control socket -> Handler -> engine of the running server
//	command -> Client -> InProcess      -> Handler -> engine that the command opened
//
// So a command does the same with and without a running server. If there is one, its
// hooks, metrics and log see the change. An admin API can serve the same handler.
//
// Requests are limited to 64 KiB; unknown members are rejected. An error is {"code",
// "message", "reason"} with the status of its code. A change without a response may have
// been made; [ErrUnknownOutcome] reports that. Secrets are only in the response that
// created them. Every change is logged with its actor.
//
// It does not authenticate callers: the code that serves the handler must restrict access
// to operators, and names the actor in Config.Actor.
package manage
