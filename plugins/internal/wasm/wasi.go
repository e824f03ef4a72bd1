package wasm

import (
	"encoding/binary"
	"errors"
	"io"
	"time"
)

// WASI configures the few functions of wasi_snapshot_preview1 that do something.
// Toolchains import them whether or not a hook needs them.
type WASI struct {
	Now  func() time.Time
	Rand io.Reader
	// Output receives what a guest writes to stdout or stderr; text aliases guest memory.
	// It may panic to end the call.
	Output func(i *Instance, text []byte)
}

const wasiModule = "wasi_snapshot_preview1"

// Error numbers of preview 1 that are used here.
const (
	errnoBadf  = 8
	errnoFault = 21
	errnoInval = 28
	errnoIO    = 29
	errnoNosys = 52
)

const (
	maxRandom   = 64 << 10 // bytes per random_get
	randomBytes = 2        // bytes per unit of fuel
	maxVector   = 64       // buffers per fd_write
	maxPolled   = 64       // subscriptions per poll_oneoff
)

// funcs returns all functions of preview 1; most of them return an error.
func (w WASI) funcs() []Func {
	list := refusals()
	add := func(name, params string, call func(*Instance, []uint64) uint32) {
		list = append(list, Func{wasiModule, name, params, "i", func(i *Instance, stack []uint64) {
			stack[0] = uint64(call(i, stack))
		}})
	}
	add("args_get", "ii", succeed)
	add("environ_get", "ii", succeed)
	add("args_sizes_get", "ii", zeroPair)
	add("environ_sizes_get", "ii", zeroPair)
	add("sched_yield", "", succeed)
	add("clock_res_get", "ii", clockResolution)
	add("clock_time_get", "iIi", w.clock)
	add("random_get", "ii", w.random)
	add("fd_write", "iiii", w.write)
	add("poll_oneoff", "iiii", poll)
	return append(list, Func{wasiModule, "proc_exit", "i", "", func(*Instance, []uint64) { panic(ErrExit) }})
}

func refusals() []Func {
	var list []Func
	for _, group := range [][]string{ // parameters, then the names that take them
		{"i", "fd_close", "fd_datasync", "fd_sync", "proc_raise"},
		{"ii", "fd_fdstat_get", "fd_fdstat_set_flags", "fd_filestat_get", "fd_prestat_get", "fd_renumber", "fd_tell", "sock_shutdown"},
		{"iI", "fd_filestat_set_size"},
		{"iII", "fd_allocate", "fd_fdstat_set_rights"},
		{"iIIi", "fd_advise", "fd_filestat_set_times"},
		{"iii", "fd_prestat_dir_name", "path_create_directory", "path_remove_directory", "path_unlink_file", "sock_accept"},
		{"iIii", "fd_seek"},
		{"iiii", "fd_read"},
		{"iiiIi", "fd_pread", "fd_pwrite", "fd_readdir"},
		{"iiiii", "path_filestat_get", "path_symlink", "sock_send"},
		{"iiiiii", "path_readlink", "path_rename", "sock_recv"},
		{"iiiiIIi", "path_filestat_set_times"},
		{"iiiiiii", "path_link"},
		{"iiiiiIIii", "path_open"},
	} {
		for _, name := range group[1:] {
			list = append(list, Func{wasiModule, name, group[0], "i", refuse(name)})
		}
	}
	return list
}

// refuse returns a function that fails with EBADF, or with ENOSYS for proc_raise.
func refuse(name string) func(*Instance, []uint64) {
	errno := uint64(errnoBadf)
	if name == "proc_raise" {
		errno = errnoNosys
	}
	return func(_ *Instance, stack []uint64) { stack[0] = errno }
}

func succeed(*Instance, []uint64) uint32 { return 0 }

func zeroPair(i *Instance, stack []uint64) uint32 {
	return fault(i.WriteUint32(uint32(stack[0]), 0) && i.WriteUint32(uint32(stack[1]), 0))
}

func clockResolution(i *Instance, stack []uint64) uint32 {
	return fault(i.WriteUint64(uint32(stack[1]), uint64(time.Millisecond)))
}

// clock has a low resolution, so that a guest cannot time how the host handles secrets.
func (w WASI) clock(i *Instance, stack []uint64) uint32 {
	return fault(i.WriteUint64(uint32(stack[2]), uint64(w.Now().UnixMilli())*uint64(time.Millisecond)))
}

func (w WASI) random(i *Instance, stack []uint64) uint32 {
	n := uint32(stack[1])
	if n > maxRandom {
		return errnoInval
	}
	i.Burn(int64(n / randomBytes))
	buf, ok := i.Read(uint32(stack[0]), n)
	if !ok {
		return errnoFault
	}
	if _, err := io.ReadFull(w.Rand, buf); err != nil {
		return errnoIO
	}
	return 0
}

// write passes stdout and stderr to Output.
func (w WASI) write(i *Instance, stack []uint64) uint32 {
	fd, vector, count := uint32(stack[0]), uint32(stack[1]), uint32(stack[2])
	if fd != 1 && fd != 2 {
		return errnoBadf
	}
	if count > maxVector {
		return errnoInval
	}
	var written uint32
	for n := range count {
		text, err := buffer(i, vector+8*n)
		if err != nil {
			return errnoFault
		}
		w.Output(i, text)
		written += uint32(len(text))
	}
	return fault(i.WriteUint32(uint32(stack[3]), written))
}

var errRange = errors.New("outside the memory")

// buffer reads the bytes of the (pointer, length) pair at ptr.
func buffer(i *Instance, ptr uint32) ([]byte, error) {
	pair, ok := i.Read(ptr, 8)
	if !ok {
		return nil, errRange
	}
	text, ok := i.Read(binary.LittleEndian.Uint32(pair), binary.LittleEndian.Uint32(pair[4:]))
	if !ok {
		return nil, errRange
	}
	return text, nil
}

// poll reports at once that every timer has expired and that no descriptor is ready: a
// hook does not sleep.
func poll(i *Instance, stack []uint64) uint32 {
	in, out, count := uint32(stack[0]), uint32(stack[1]), uint32(stack[2])
	if count == 0 || count > maxPolled {
		return errnoInval
	}
	for n := range count {
		sub, ok := i.Read(in+48*n, 48)
		if !ok {
			return errnoFault
		}
		event := [32]byte{}
		copy(event[:8], sub[:8]) // userdata
		event[10] = sub[8]       // clock, read or write
		if sub[8] != 0 {
			event[8] = errnoBadf
		}
		if !i.Write(out+32*n, string(event[:])) {
			return errnoFault
		}
	}
	return fault(i.WriteUint32(uint32(stack[3]), count))
}

func fault(ok bool) uint32 {
	if ok {
		return 0
	}
	return errnoFault
}
