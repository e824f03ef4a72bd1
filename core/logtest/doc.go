// Package logtest provides a writer for tests that read a log while it is being written.
//
//	a test -> Buffer -> slog.NewTextHandler
package logtest
