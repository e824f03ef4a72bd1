package api

import (
	"fmt"
	"runtime/debug"
)

// Recover turns a panic of foreign code into an [Internal] error that names who
// panicked and holds the stack, for the log. Defer it where such code is called:
//
//	func (m *method) ask() (id Identity, err error) {
//		defer api.Recover("method", m.name, &err)
//
// Results beside the error keep what they were set to: set none before the call.
func Recover(kind, name string, err *error) {
	if r := recover(); r != nil {
		*err = Wrap(Internal, "", "internal error", fmt.Errorf("%s %q panicked: %v\n%s", kind, name, r, debug.Stack()))
	}
}

// Fault returns an [Internal] error about foreign code that breaks its contract.
func Fault(format string, args ...any) *Error {
	return Wrap(Internal, "", "internal error", fmt.Errorf(format, args...))
}
