package wasm

import (
	"context"
	"os"
	"unsafe"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// mapping is linear memory that is reserved at its full size and takes pages only
// as they are touched. An image can be laid under it: whatever the guest writes
// then is a private copy, which reset throws away.
type mapping struct{ all []byte }

var _ experimental.LinearMemory = (*mapping)(nil)

// withMapping makes the next instance's memory a mapping, which m returns once
// it exists; nil if the system had none left.
func withMapping(ctx context.Context) (out context.Context, m func() *mapping) {
	var made *mapping
	allocate := func(_, max uint64) experimental.LinearMemory {
		all, err := unix.Mmap(-1, 0, int(max), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
		if err != nil {
			return &heapMemory{max: max}
		}
		made = &mapping{all}
		return made
	}
	return experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(allocate)), func() *mapping { return made }
}

// Reallocate implements experimental.LinearMemory.
func (m *mapping) Reallocate(size uint64) []byte {
	if size > uint64(len(m.all)) {
		return nil
	}
	return m.all[:size]
}

// Free implements experimental.LinearMemory.
func (m *mapping) Free() {
	_ = unix.Munmap(m.all) // an error would mean that it was never mapped
	m.all = nil
}

// attach lays an image under the memory.
func (m *mapping) attach(i *image) error {
	_, err := unix.MmapPtr(int(i.file.Fd()), 0, unsafe.Pointer(&m.all[0]), uintptr(i.size),
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_FIXED|unix.MAP_NORESERVE)
	return err
}

// reset drops what was written since the image was laid.
func (m *mapping) reset(size uint32) error { return unix.Madvise(m.all[:size], unix.MADV_DONTNEED) }

// image is a snapshot's memory in a file that has no name.
type image struct {
	file *os.File
	size int
}

func newImage(content []byte) (*image, error) {
	fd, err := unix.MemfdCreate("guest memory", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	i := &image{os.NewFile(uintptr(fd), "guest memory"), len(content)}
	if _, err := i.file.Write(content); err != nil {
		i.file.Close()
		return nil, err
	}
	return i, nil
}

func (i *image) close() error { return i.file.Close() }

// heapMemory stands in when nothing can be mapped.
type heapMemory struct {
	buf []byte
	max uint64
}

// Reallocate implements experimental.LinearMemory.
func (h *heapMemory) Reallocate(size uint64) []byte {
	if size > h.max {
		return nil
	}
	if size > uint64(cap(h.buf)) {
		h.buf = append(make([]byte, 0, size), h.buf...)
	}
	h.buf = h.buf[:size]
	return h.buf
}

// Free implements experimental.LinearMemory.
func (h *heapMemory) Free() { h.buf = nil }
