package wasm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/tetratelabs/wazero/api"

	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// The errors of a call that are no ordinary trap.
var (
	// ErrFuel says that the guest ran for longer than it was given fuel for.
	ErrFuel = errors.New("out of fuel: the guest runs for too long")
	// ErrTime is an ErrFuel of a guest that has fuel left, and took too long by
	// the clock.
	ErrTime = fmt.Errorf("%w by the clock, though it has fuel left", ErrFuel)
	// ErrStack says that the guest called itself deeper than its memory limit has room
	// for, which covers the stack as well.
	ErrStack = errors.New("stack overflow: the guest's calls of itself exceed its memory limit")
	// ErrExit says that the guest asked its process to end, whatever the code.
	ErrExit = errors.New("the guest exited; a hook returns a status instead")
)

// Instance is a running module, for whoever has taken or claimed it: one goroutine at
// a time. After an error it is of no further use and must be closed.
type Instance struct {
	// State belongs to the host functions.
	State any

	from    *Module
	ctx     context.Context
	module  api.Module
	memory  api.Memory
	mapped  *mapping            // memory, if it can be mapped
	fuel    api.MutableGlobal   // the tank
	kept    int64               // of the fuel, what is not in the tank
	owed    int64               // what host functions have burned and the tank has not paid
	left    int64               // of the last call's fuel
	globals []api.MutableGlobal // the module's own
	base    *Snapshot           // what Reset goes back to
	funcs   map[string]*function
	slots   []*function
	running *function // in the call that runs, or ran last
	share   *Share
	clock   stopwatch
	dice    uint32 // see [Instance.begin]
	watch   *watch
	state   atomic.Int64 // see [free]
	stack   [1]uint64
}

// calling is the context of an instance's calls: host functions find the instance
// in it, and wazero, which asks each call's context for switches of its own, none.
type calling struct {
	context.Context
	instance *Instance
}

// Value returns nil: nothing of the request that made the instance is in its calls.
func (*calling) Value(any) any { return nil }

// Call runs an exported function () -> i32 or () -> () of an instance that the caller
// holds, on that much fuel, and returns its result, or 0. What a host function panics
// with comes back as an error that wraps it.
func (i *Instance) Call(name string, fuel int64) (int32, error) {
	fn, err := i.function(name)
	if err != nil {
		return 0, err
	}
	i.Take()
	defer i.Hold()
	return i.run(fn, fuel)
}

// CallSlot is Call for the functions that are called often: the caller has taken or
// claimed the instance and gives each export a small number of its own, so that its
// name is looked up once.
func (i *Instance) CallSlot(slot int, name string, fuel int64) (int32, error) {
	if slot < len(i.slots) && i.slots[slot] != nil {
		return i.run(i.slots[slot], fuel)
	}
	return i.callNew(slot, name, fuel)
}

func (i *Instance) callNew(slot int, name string, fuel int64) (int32, error) {
	fn, err := i.function(name)
	if err != nil {
		return 0, err
	}
	if slot >= len(i.slots) {
		i.slots = append(i.slots, make([]*function, slot+1-len(i.slots))...)
	}
	i.slots[slot] = fn
	return i.run(fn, fuel)
}

func (i *Instance) run(fn *function, fuel int64) (int32, error) {
	i.running = fn
	i.fill(fuel)
	i.owed, i.stack[0] = 0, 0
	i.begin()
	err := fn.CallWithStack(i.ctx, i.stack[:])
	i.Rest()
	if i.left = i.Left(); err != nil || i.left < 0 {
		return 0, i.classify(err)
	}
	return api.DecodeI32(i.stack[0]), nil
}

// fill puts fuel into the tank, and keeps what does not fit.
func (i *Instance) fill(fuel int64) {
	tank := min(fuel, i.from.slice.Load())
	i.kept = fuel - tank
	i.fuel.Set(uint64(tank))
}

// Fuel returns what the last call has left, below zero if it was too little.
func (i *Instance) Fuel() int64 { return i.left }

// Left returns what the call that runs has left.
func (i *Instance) Left() int64 { return int64(i.fuel.Get()) + i.kept - i.owed }

// Burn takes units on behalf of a host function. What there is less of than a slice
// waits for more, or for the end of the call: up to as much a host function may do
// for a guest that has nothing left. It panics when nothing is left, which ends the
// guest's call.
func (i *Instance) Burn(units int64) {
	if i.owed += units; i.owed >= meter.Slice {
		i.settle()
	}
}

func (i *Instance) settle() { i.fuel.Set(uint64(i.look(i.Left()))) }

func (i *Instance) function(name string) (*function, error) {
	if fn, ok := i.funcs[name]; ok {
		return fn, nil
	}
	fn := i.module.ExportedFunction(name)
	if fn == nil {
		return nil, fmt.Errorf("no export %s", name)
	}
	made, err := newFunction(fn)
	if err != nil {
		return nil, err
	}
	i.funcs[name] = made
	return made, nil
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
func (i *Instance) Close() error {
	i.watch.remove(i)
	return i.module.Close(i.ctx)
}

// classify names the errors that have a name; err is nil if all that is wrong is the
// fuel.
func (i *Instance) classify(err error) error {
	if err == nil {
		return ErrFuel
	}
	for _, ended := range []error{ErrTime, ErrFuel, ErrStack} {
		if errors.Is(err, ended) {
			return ended
		}
	}
	if strings.Contains(err.Error(), "stack overflow") { // wazero's sentinel is internal to it
		return ErrStack
	}
	return i.from.trapped(err)
}
