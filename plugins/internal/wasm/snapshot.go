package wasm

import (
	"errors"
	"fmt"
)

// Snapshot is the memory and the mutable globals of an instance at one moment. Instances
// of the same module can be created from it and reset to it. Safe for concurrent use.
type Snapshot struct {
	size    uint32
	bytes   []byte // nil if there is an image
	image   *image // for large memories, if they can be mapped
	globals []uint64
}

// copyLimit is the memory size up to which copying is faster than mapping.
const copyLimit = 256 << 10

// errStateful says that a reset would be incomplete.
var errStateful = errors.New("the module has state outside its memory and globals: it changes tables or drops segments")

// Snapshot takes a snapshot. It fails for a module with other state: see
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

// Close frees the snapshot. Instances created from it stay usable but can no longer be
// reset.
func (s *Snapshot) Close() error {
	if s.image == nil {
		return nil
	}
	return s.image.close()
}

// Restore sets a new instance of the same module to the snapshot's state.
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
		return errors.New("restore: the memory has a different size")
	}
	return nil
}

// Reset restores the snapshot of the last Restore. It returns false if the memory has
// grown, since memory cannot shrink.
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
