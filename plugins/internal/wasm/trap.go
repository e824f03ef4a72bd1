package wasm

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// trap is the error of a call that the guest, or the host for it, has ended. Its text
// is made here: the runtime's may be as long as the module's author likes.
type trap struct {
	text  string
	cause error // nil if the host panicked with something else
}

// Error implements error.
func (t *trap) Error() string { return t.text }

// Unwrap returns what the runtime or a host function ended the call with.
func (t *trap) Unwrap() error { return t.cause }

// ErrHost says that the host itself panicked in a host function.
var ErrHost = errors.New("the host panicked")

// The parts of the runtime's text: what happened, then a function on each line.
const (
	framesFollow = "\nwasm stack trace:\n\t"
	frameEnds    = "\n\t"
)

const (
	maxReason = 512 // bytes of what happened
	maxFrames = 8   // functions that a trap names
)

// trapped makes a trap of what the runtime returns.
func (m *Module) trapped(err error) *trap {
	reason, frames, _ := strings.Cut(err.Error(), framesFollow)
	t := &trap{text: reason[:min(len(reason), maxReason)], cause: errors.Unwrap(err)}
	if t.cause == nil || errors.As(t.cause, new(runtime.Error)) {
		t.text, t.cause = fmt.Sprintf("%v: %s", ErrHost, t.text), errors.Join(ErrHost, t.cause)
	}
	separator := " in "
	for range maxFrames {
		frame, rest, more := strings.Cut(frames, frameEnds)
		if name, ok := m.frame(frame); ok {
			t.text += separator + name
			separator = ", called by "
		}
		if frames = rest; !more {
			break
		}
	}
	return t
}

// frame reads a line such as ".$12(i32) i32", of the module's function 12.
func (m *Module) frame(line string) (string, bool) {
	name, _, ok := strings.Cut(line, "(")
	number, isGuest := strings.CutPrefix(name, ".$")
	if !ok || !isGuest {
		return name, ok && name != meter.Host+"."+meter.Refill
	}
	index, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return "", false
	}
	if index >= m.imported {
		index-- // the meter's import stands before it
	}
	if known, ok := m.names[uint32(index)]; ok {
		return fmt.Sprintf("function %d %q", index, known), true
	}
	return fmt.Sprintf("function %d", index), true
}
