// Package coretest helps to test programs that use Cardea as a library: an engine whose
// clock a test moves, and tokens for people who are in no directory.
//
//	a program's tests -> New, Token, Clock -> core
//
// Handlers alone are tested with guard.WithIdentity, which needs no engine. The suites for
// methods, directories and stores of your own are methodtest, directorytest and storetest.
package coretest
