package wasm

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"sync"
	"unsafe"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// mapping is linear memory that reserves its maximum size as address space and allocates
// pages when they are touched. An image can be mapped under it: guest writes then go to
// private copies, which reset discards.
type mapping struct{ all []byte }

var _ experimental.LinearMemory = (*mapping)(nil)

// withMapping makes the next instance use a mapping for its memory. m returns the mapping
// once it exists; nil if the system could not create one.
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
	_ = unix.Munmap(m.all) // it fails only if the memory was never mapped
	m.all = nil
}

// attach maps an image under the memory.
func (m *mapping) attach(i *image) error {
	_, err := unix.MmapPtr(int(i.file.Fd()), 0, unsafe.Pointer(&m.all[0]), uintptr(i.size),
		unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_FIXED|unix.MAP_NORESERVE)
	return err
}

// reset discards what was written since attach. Discarding all pages is one call, but
// costs the next call a fault for each page that it touches; if the kernel reports the
// few private pages, copying those back is cheaper.
func (m *mapping) reset(i *image) error {
	if i.restore(m.all) {
		return nil
	}
	return unix.Madvise(m.all[:i.size], unix.MADV_DONTNEED)
}

// image is a snapshot's memory in an anonymous file.
type image struct {
	file *os.File
	view []byte // mapping of the file
	size int
	page int

	pagemap *os.File // nil if it cannot be opened
	rooms   sync.Pool
}

// room is the scratch space of restore.
type room struct {
	raw   []byte
	dirty []int
}

func newImage(content []byte) (*image, error) {
	fd, err := unix.MemfdCreate("guest memory", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	i := &image{file: os.NewFile(uintptr(fd), "guest memory"), size: len(content), page: os.Getpagesize()}
	if _, err = i.file.Write(content); err == nil {
		i.view, err = unix.Mmap(fd, 0, i.size, unix.PROT_READ, unix.MAP_SHARED)
	}
	if err != nil {
		i.file.Close()
		return nil, err
	}
	i.pagemap, _ = os.Open("/proc/self/pagemap") // without it reset discards all pages
	return i, nil
}

// Bits of an entry of /proc/pid/pagemap (proc_pid_pagemap(5)), and the number of pages
// above which copying them back one by one is slower.
const (
	pageFile = 1 << 61 // the page is file-backed: still the image's
	pageHere = 3 << 62 // in memory or swapped out
	maxDirty = 128
)

// restore copies back the pages that the guest has modified; false if the kernel does not
// report them, or if there are too many.
func (i *image) restore(memory []byte) bool {
	if i.pagemap == nil {
		return false
	}
	r, _ := i.rooms.Get().(*room)
	if r == nil {
		r = &room{raw: make([]byte, i.size/i.page*8)}
	}
	defer i.rooms.Put(r)
	first := int64(uintptr(unsafe.Pointer(&memory[0]))) / int64(i.page)
	if n, err := unix.Pread(int(i.pagemap.Fd()), r.raw, first*8); err != nil || n != len(r.raw) {
		return false
	}
	if r.find(i.page); len(r.dirty) > maxDirty {
		return false
	}
	for _, at := range r.dirty {
		copy(memory[at:at+i.page], i.view[at:])
	}
	return true
}

// find collects the modified pages from the pagemap entries.
func (r *room) find(page int) {
	r.dirty = r.dirty[:0]
	for n := 0; n < len(r.raw); n += 8 {
		if e := binary.LittleEndian.Uint64(r.raw[n:]); e&pageFile == 0 && e&pageHere != 0 {
			r.dirty = append(r.dirty, n/8*page)
		}
	}
}

func (i *image) close() error {
	if i.pagemap != nil {
		i.pagemap.Close() // only read from
	}
	return errors.Join(unix.Munmap(i.view), i.file.Close())
}

// heapMemory is the fallback if memory cannot be mapped.
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
