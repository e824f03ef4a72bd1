// Package cli is the command line of cardea: one file per command, or a directory below
// internal for a group of commands. cmd/cardea calls [Main], as does the main function of a
// program with extensions of its own.
//
//	cmd/cardea -> Main -> root -> serve, dev        -> server/app
//	                           -> user, apikey, ... -> server/manage, through the control socket
//	                           -> token ...         -> internal/tokencmd
//	                           -> plugin ...        -> internal/plugincmd
//	                           -> doctor, ...       -> internal/sitecheck
//	                           -> Program.Commands  -> a program's own Run
//
// A [Program] adds types of methods, Go hooks and commands of its own to the standard ones;
// examples/custom-server is one.
//
// Commands parse flags and print results; they make no decisions. The flag library appears
// in no exported signature.
package cli
