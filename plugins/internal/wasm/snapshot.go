package wasm

import (
	"errors"
	"fmt"
)

// Snapshot is what an instance was at one moment: memory and mutable globals.
// Instances of the same module can be made from it and put back to it. Safe for
// concurrent use.
type Snapshot struct {
	size    uint32
	bytes   []byte // nil if there is an image
	image   *image // what large memories are mapped from, where that is possible
	globals []uint64
}

// copyLimit is the memory up to which copying it back beats mapping it anew.
const copyLimit = 256 << 10

// errStateful says that resetting would leave something behind.
var errStateful = errors.New("the module has state outside its memory and globals: it changes tables or drops segments")

// Snapshot takes one. It fails for a module that has state elsewhere: see
// [Module.Resettable].
func (i *Instance) Snapshot() (*Snapshot, error) {
	if !i.from.Resettable() {
		return nil, errStateful
	}
	s := &Snapshot{size: i.memory.Size()}
	live, _ := i.memory.Read(0, s.size)
	for _, g := range i.globals {
		s.globals = append(s.globals, g.Get())
	}
	if i.mapped != nil && s.size > copyLimit {
		var err error
		if s.image, err = newImage(live); err != nil {
			return nil, fmt.Errorf("snapshot: %w", err)
		}
		return s, nil
	}
	s.bytes = append([]byte(nil), live...)
	return s, nil
}

// Close frees the snapshot. Instances that were made from it stay as they are
// and can no longer be reset.
func (s *Snapshot) Close() error {
	if s.image == nil {
		return nil
	}
	return s.image.close()
}

// Restore makes the instance what the snapshot says; it is for one that has just
// been made, of the same module.
func (i *Instance) Restore(s *Snapshot) error {
	if more := int64(s.size) - int64(i.memory.Size()); more > 0 {
		if _, ok := i.memory.Grow(uint32(more >> 16)); !ok {
			return fmt.Errorf("restore: no memory of %d bytes", s.size)
		}
	}
	if s.image != nil {
		if i.mapped == nil {
			return errors.New("restore: the instance's memory cannot be mapped")
		}
		if err := i.mapped.attach(s.image); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	i.base = s
	if !i.Reset() {
		return errors.New("restore: the memory has another size")
	}
	return nil
}

// Reset puts the instance back to the snapshot that it was restored from. False
// says that it cannot: its memory has grown, and memory does not shrink.
func (i *Instance) Reset() bool {
	s := i.base
	if s == nil || i.memory.Size() != s.size {
		return false
	}
	if s.image != nil {
		if i.mapped.reset(s.image) != nil {
			return false
		}
	} else {
		live, _ := i.memory.Read(0, s.size)
		copy(live, s.bytes)
	}
	for n, g := range i.globals {
		g.Set(s.globals[n])
	}
	return true
}
