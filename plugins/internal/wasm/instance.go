package wasm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// The errors of a call that are no ordinary trap.
var (
	// ErrDeadline says that the guest was stopped by the clock.
	ErrDeadline = errors.New("the guest ran past its deadline")
	// ErrExit says that the guest asked its process to end, whatever the code.
	ErrExit = errors.New("the guest exited; a hook returns a status instead")
)

// Instance is a running module. One goroutine at a time; after an error it is
// of no further use and must be closed.
type Instance struct {
	// State belongs to the host functions.
	State any

	ctx    context.Context
	module api.Module
	memory api.Memory
	funcs  map[string]api.Function
	stack  [1]uint64
}

type instanceKey struct{}

// Call runs an exported function () -> i32 or () -> () for at most d and
// returns its result, or 0. What a host function panics with comes back as an
// error that wraps it.
func (i *Instance) Call(name string, d time.Duration) (int32, error) {
	fn, err := i.function(name)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(i.ctx, d)
	defer cancel()
	i.stack[0] = 0
	if err := fn.CallWithStack(ctx, i.stack[:]); err != nil {
		return 0, classify(err)
	}
	return api.DecodeI32(i.stack[0]), nil
}

func (i *Instance) function(name string) (api.Function, error) {
	if fn, ok := i.funcs[name]; ok {
		return fn, nil
	}
	fn := i.module.ExportedFunction(name)
	if fn == nil {
		return nil, fmt.Errorf("no export %s", name)
	}
	i.funcs[name] = fn
	return fn, nil
}

// Read returns n bytes of memory at ptr, false if they are not all inside. The
// bytes are the guest's own: copy what shall outlive the host call.
func (i *Instance) Read(ptr, n uint32) ([]byte, bool) {
	if i.memory == nil {
		return nil, false
	}
	return i.memory.Read(ptr, n)
}

// Write copies text to ptr, false if it does not fit.
func (i *Instance) Write(ptr uint32, text string) bool {
	return i.memory != nil && i.memory.WriteString(ptr, text)
}

// WriteUint32 writes v at ptr in little-endian order, false if it does not fit.
func (i *Instance) WriteUint32(ptr, v uint32) bool {
	return i.memory != nil && i.memory.WriteUint32Le(ptr, v)
}

// WriteUint64 is WriteUint32 for 64 bits.
func (i *Instance) WriteUint64(ptr uint32, v uint64) bool {
	return i.memory != nil && i.memory.WriteUint64Le(ptr, v)
}

// MemorySize returns the bytes of linear memory.
func (i *Instance) MemorySize() uint32 { return i.memory.Size() }

// Close frees the instance.
func (i *Instance) Close() error { return i.module.Close(i.ctx) }

func classify(err error) error {
	var exit *sys.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	switch exit.ExitCode() {
	case sys.ExitCodeDeadlineExceeded, sys.ExitCodeContextCanceled:
		return ErrDeadline
	}
	return ErrExit
}
