// Package directorytest is a conformance suite for user directories: it checks what the
// engine relies on. A directory's own test calls [Run] with a known user.
package directorytest
