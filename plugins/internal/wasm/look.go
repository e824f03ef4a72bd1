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

// look runs after a guest has burned a slice, by itself or in host calls: it ends the
// call, delays it, or returns the next filling of the tank.
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

// stopped ends the guest's call with left units of fuel left.
func (i *Instance) stopped(left int64, why error) {
	i.fuel.Set(0)
	i.kept, i.owed = left, 0
	panic(why)
}

// punctual ends a call that is over its time limit.
func (i *Instance) punctual() {
	if i.state.Load() == ending {
		panic(ErrTime)
	}
}

// leastStack is the stack that a call may always use, for guests whose memory is at its
// limit.
const leastStack = 1 << 20

// exceedsMemory reports whether memory and stack together exceed the guest's limit.
func (i *Instance) exceedsMemory() bool {
	return i.exceeds(i.StackBytes())
}

// exceeds reports whether memory and a stack of that size together exceed the guest's
// limit.
func (i *Instance) exceeds(stack int) bool {
	if stack <= leastStack {
		return false
	}
	if i.memory != nil {
		stack += int(i.memory.Size())
	}
	return uint64(stack) > i.from.memory
}

// stackMargin is the maximum growth of a guest's stack until the host looks again: a
// slice pays for about a fourth of that.
const stackMargin = 64 << 10

// outgrows reports whether the stack, used down to address, is about to be doubled to a
// size that exceeds the guest's limit.
func (i *Instance) outgrows(address uintptr) bool {
	size := i.StackBytes()
	if size <= leastStack/2 {
		return false
	}
	left := address - i.running.stack.Pointer()
	return left < stackMargin && i.exceeds(2*size)
}

// StackBytes returns the stack size of the current or last call.
func (i *Instance) StackBytes() int {
	if i.running == nil {
		return 0
	}
	return i.running.stackBytes()
}
