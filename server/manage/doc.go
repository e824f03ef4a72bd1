// Package manage administers an engine over HTTP and JSON: users, API keys, sessions,
// tokens, revocations and signing keys. [Handler] is the server's side and [Client]
// the typed other one.
//
//	command -> Client -> control socket -> Handler -> engine of the running server
//	command -> Client -> InProcess      -> Handler -> engine that the command opened
//
// So a command does the same with and without a server, and where one runs its hooks,
// figures and log see the act. An admin API serves the same handler.
//
// Requests are bounded and strict: 64 KiB, unknown members refused. An error is
// {"code", "message", "reason"} with the status of its code; a change that is not
// answered for may have been made, which [Client] says. Secrets stand in the answer
// that made them and nowhere else. Every change is logged with its actor.
//
// It decides nothing and does not ask who calls: whoever serves the handler lets in
// only those who may administer, and says by Config.Actor who that is.
package manage
