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

// Errors of calls that are not ordinary traps.
var (
	// ErrFuel says that the guest used up its fuel.
	ErrFuel = errors.New("out of fuel: the guest runs for too long")
	// ErrTime is an ErrFuel of a guest that has fuel left but exceeded its wall-clock
	// limit.
	ErrTime = fmt.Errorf("%w by the clock, though it has fuel left", ErrFuel)
	// ErrStack says that the guest recursed too deeply for its memory limit, which covers
	// the stack as well.
	ErrStack = errors.New("stack overflow: the guest's recursion exceeds its memory limit")
	// ErrExit says that the guest called proc_exit, whatever the code.
	ErrExit = errors.New("the guest exited; a hook returns a status instead")
)

// Instance is a running module, used by one goroutine at a time: the one that has claimed
// or taken it. After an error it must be closed and not used again.
type Instance struct {
	// State belongs to the host functions.
	State any

	from    *Module
	ctx     context.Context
	module  api.Module
	memory  api.Memory
	mapped  *mapping            // memory, if it can be mapped
	fuel    api.MutableGlobal   // the tank
	kept    int64               // remaining fuel that is not in the tank
	owed    int64               // burned by host functions and not yet deducted
	left    int64               // remaining fuel of the last call
	globals []api.MutableGlobal // of the module itself
	base    *Snapshot           // the snapshot that Reset restores
	funcs   map[string]*function
	slots   []*function
	running *function // in the current or last call
	share   *Share
	clock   stopwatch
	dice    uint32 // see [Instance.begin]
	watch   *watch
	state   atomic.Int64 // see [free]
	stack   [1]uint64
}

// calling is the context of an instance's calls. Host functions find the instance in it;
// wazero, which looks up its own options in each call's context, finds none.
type calling struct {
	context.Context
	instance *Instance
}

// Value returns nil: calls see nothing of the context that created the instance.
func (*calling) Value(any) any { return nil }

// Call runs an exported function () -> i32 or () -> () of an instance that the caller
// holds, with the given fuel, and returns its result, or 0. A panic of a host function is
// returned as an error that wraps it.
func (i *Instance) Call(name string, fuel int64) (int32, error) {
	fn, err := i.function(name)
	if err != nil {
		return 0, err
	}
	i.Take()
	defer i.Hold()
	return i.run(fn, fuel)
}

// CallSlot is Call for frequent calls: the caller has claimed or taken the instance and
// numbers its exports, so that each name is looked up once.
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

// fill fills the tank, and keeps the fuel that does not fit.
func (i *Instance) fill(fuel int64) {
	tank := min(fuel, i.from.slice.Load())
	i.kept = fuel - tank
	i.fuel.Set(uint64(tank))
}

// Fuel returns the fuel left by the last call, negative if it ran out.
func (i *Instance) Fuel() int64 { return i.left }

// Left returns the fuel left in the current call.
func (i *Instance) Left() int64 { return int64(i.fuel.Get()) + i.kept - i.owed }

// Burn charges units for a host function. Charges below a slice are collected before they
// are deducted, so a host function may do up to that much work for a guest without fuel.
// Burn panics when no fuel is left, which ends the guest's call.
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

// Read returns n bytes of memory at ptr, false if they are out of bounds. The slice
// aliases guest memory: copy what must outlive the host call.
func (i *Instance) Read(ptr, n uint32) ([]byte, bool) {
	if i.memory == nil {
		return nil, false
	}
	return i.memory.Read(ptr, n)
}

// Write copies text to ptr, false if it is out of bounds.
func (i *Instance) Write(ptr uint32, text string) bool {
	return i.memory != nil && i.memory.WriteString(ptr, text)
}

// WriteUint32 writes v at ptr in little-endian order, false if it is out of bounds.
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

// classify returns the sentinel for err where there is one; a nil err means that only the
// fuel ran out.
func (i *Instance) classify(err error) error {
	if err == nil {
		return ErrFuel
	}
	for _, ended := range []error{ErrTime, ErrFuel, ErrStack} {
		if errors.Is(err, ended) {
			return ended
		}
	}
	if strings.Contains(err.Error(), "stack overflow") { // wazero does not export its sentinel
		return ErrStack
	}
	return i.from.trapped(err)
}
