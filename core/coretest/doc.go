// Package coretest helps to test programs that use Cardea as a library. It provides an
// engine with a manual clock, and tokens for users that are in no directory.
//
//	a program's tests -> New, Token, Clock -> core
//
// To test handlers alone, use guard.WithIdentity, which needs no engine. The test suites
// for your own methods, directories and stores are methodtest, directorytest and storetest.
package coretest
