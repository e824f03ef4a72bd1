// Package cli is the command line of cardea: a file a command, or a directory below
// internal for a group of them. cmd/cardea calls [Main], and so does the main function
// of a program with parts of its own.
//
//	cmd/cardea -> Main -> root -> serve, dev        -> server/app
//	                           -> user, apikey, ... -> server/manage, through the control socket
//	                           -> plugin ...        -> internal/plugincmd
//	                           -> doctor, ...       -> internal/sitecheck
//	                           -> Program.Commands  -> a program's own Run
//
// A [Program] adds types of methods, Go hooks and commands of its own to the standard
// ones; examples/custom-server is one.
//
// Commands read flags and print results; they decide nothing. The library that reads
// flags appears in no exported signature.
package cli
