package wasm

import (
	"context"
	"unsafe"
)

// refill is the host function that a guest calls when its tank is empty.
func refill(ctx context.Context, stack []uint64) {
	i := ctx.(*calling).instance
	left := int64(stack[0]) + i.kept - i.owed
	if i.outgrows(uintptr(unsafe.Pointer(&stack[0]))) {
		i.stopped(left, ErrStack)
	}
	stack[0] = uint64(i.look(left))
}

// look sees to a guest that has burned a slice, itself or by host calls: it ends the
// call, makes it wait, or returns what the tank gets of the fuel that is left.
func (i *Instance) look(left int64) (tank int64) {
	i.owed = 0
	if left < 0 {
		i.stopped(left, ErrFuel)
	}
	i.punctual()
	if i.exceedsMemory() {
		i.stopped(left, ErrStack)
	}
	i.pace()
	i.punctual()
	tank = min(left, i.from.slice.Load())
	i.kept = left - tank
	return tank
}

// stopped ends the guest's call, which has that much fuel left.
func (i *Instance) stopped(left int64, why error) {
	i.fuel.Set(0)
	i.kept, i.owed = left, 0
	panic(why)
}

// punctual ends a call whose time is over.
func (i *Instance) punctual() {
	if i.state.Load() == ending {
		panic(ErrTime)
	}
}

// leastStack is what a call's stack may take in any case, for guests whose memory is as
// large as it may be.
const leastStack = 1 << 20

// exceedsMemory reports whether memory and stack are more than the guest may have.
func (i *Instance) exceedsMemory() bool {
	return i.exceeds(i.StackBytes())
}

// exceeds reports whether memory and a stack of that size are more than the guest may
// have.
func (i *Instance) exceeds(stack int) bool {
	if stack <= leastStack {
		return false
	}
	if i.memory != nil {
		stack += int(i.memory.Size())
	}
	return uint64(stack) > i.from.memory
}

// stackMargin is what a guest's stack may grow by until the host looks again: a slice
// pays for about a fourth of that.
const stackMargin = 64 << 10

// outgrows reports whether the stack, which is in use down to an address, is about to be
// replaced by one of twice the size that is more than the guest may have.
func (i *Instance) outgrows(address uintptr) bool {
	size := i.StackBytes()
	if size <= leastStack/2 {
		return false
	}
	left := address - i.running.stack.Pointer()
	return left < stackMargin && i.exceeds(2*size)
}

// StackBytes is what the stack takes on which the call runs, or ran last.
func (i *Instance) StackBytes() int {
	if i.running == nil {
		return 0
	}
	return i.running.stackBytes()
}
