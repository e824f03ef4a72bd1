package api

import (
	"fmt"
	"runtime/debug"
)

// Recover converts a panic of foreign code to an [Internal] error that names the code and
// has the stack, for the log. Defer it where such code is called:
//
//	func (m *method) ask() (id Identity, err error) {
//		defer api.Recover("method", m.name, &err)
//
// Other results keep their values: set none before the call.
func Recover(kind, name string, err *error) {
	if r := recover(); r != nil {
		*err = Wrap(Internal, "", "internal error", fmt.Errorf("%s %q panicked: %v\n%s", kind, name, r, debug.Stack()))
	}
}

// Fault returns an [Internal] error about foreign code that violates its contract.
func Fault(format string, args ...any) *Error {
	return Wrap(Internal, "", "internal error", fmt.Errorf(format, args...))
}
