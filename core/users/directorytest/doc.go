// Package directorytest is the suite that every user directory passes: what the
// engine relies on, wherever the users are kept. A directory's own test calls
// [Run] with a user that it knows.
package directorytest
