// Package command contains what several commands share: flags and usage, passwords, tables, loading
// the configuration that --config names, the logger, and the child process that compiles
// plugins.
//
//	server/cli, plugincmd, sitecheck -> command -> server/config, server/app
//
// It has no commands of its own, except the hidden one of that child process.
package command
