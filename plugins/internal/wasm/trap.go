package wasm

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// trap is the error of a call that was ended by the guest or by the host. Its text is
// built here, since the runtime's text can be as long as the module's author likes.
type trap struct {
	text  string
	cause error // nil if the panic value was not an error
}

// Error implements error.
func (t *trap) Error() string { return t.text }

// Unwrap returns the cause in the runtime or a host function.
func (t *trap) Unwrap() error { return t.cause }

// ErrHost says that the host panicked in a host function.
var ErrHost = errors.New("the host panicked")

// Structure of the runtime's error text: the reason, then one function per line.
const (
	framesFollow = "\nwasm stack trace:\n\t"
	frameEnds    = "\n\t"
)

const (
	maxReason = 512 // bytes of the reason
	maxFrames = 8   // functions in the text of a trap
)

// trapped converts an error of the runtime to a trap.
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

// frame parses a line such as ".$12(i32) i32" of the module's function 12.
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
		index-- // the meter's import comes before it
	}
	if known, ok := m.names[uint32(index)]; ok {
		return fmt.Sprintf("function %d %q", index, known), true
	}
	return fmt.Sprintf("function %d", index), true
}
