package wasm_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"go.uber.org/goleak"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/internal/meter"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const wasi = "wasi_snapshot_preview1"

// shape limits what modules may declare to the needs of the tests.
var shape = meter.Limits{
	Types: 100, Imports: 100, Functions: 1000, Globals: 100, Exports: 100, Values: 1000, NameBytes: 100, TableEntries: 1000, DataBytes: 1 << 20,
	BodyBytes: 1 << 20, Locals: 1000, Blocks: 1000, Targets: 1000,
}

// fixed returns options with deterministic time, randomness and output.
func fixed(output *strings.Builder) wasm.Options {
	return wasm.Options{MemoryPages: 2, Shape: shape, WASI: wasm.WASI{
		Now:    func() time.Time { return time.UnixMilli(1234).Add(567 * time.Microsecond) },
		Rand:   bytes.NewReader(bytes.Repeat([]byte{0xAB}, 1<<17)),
		Output: func(_ *wasm.Instance, text []byte) { output.Write(text) },
	}}
}

func instantiate(t *testing.T, m *asm.Module, opts wasm.Options) *wasm.Instance {
	t.Helper()
	ctx := context.Background()
	engine, err := wasm.NewEngine("")
	if err != nil {
		t.Fatal(err)
	}
	module, err := engine.Compile(ctx, m.Bytes(), opts)
	if err != nil {
		t.Fatal(err)
	}
	i, err := module.Instantiate(ctx, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, err := range []error{i.Close(), module.Close(ctx), engine.Close(ctx)} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	return i
}

// calling returns a module whose export run makes one WASI call.
func calling(name, params string, args ...[]byte) *asm.Module {
	m := &asm.Module{}
	f := m.Import(wasi, name, params, "i")
	m.Memory(1, 0)
	m.Export("run", m.Func("", "i", append(args, asm.Call(f))...))
	return m
}

func TestWASI_errnos(t *testing.T) {
	i, I := asm.I32, asm.I64
	for _, test := range []struct {
		name, params string
		args         [][]byte
		want         int32
	}{
		{"args_get", "ii", [][]byte{i(0), i(0)}, 0},
		{"environ_get", "ii", [][]byte{i(0), i(0)}, 0},
		{"args_sizes_get", "ii", [][]byte{i(0), i(4)}, 0},
		{"environ_sizes_get", "ii", [][]byte{i(0), i(-1)}, 21},
		{"sched_yield", "", nil, 0},
		{"clock_time_get", "iIi", [][]byte{i(0), I(0), i(65532)}, 21},
		{"clock_res_get", "ii", [][]byte{i(0), i(8)}, 0},
		{"random_get", "ii", [][]byte{i(0), i(1 << 16)}, 0},
		{"random_get", "ii", [][]byte{i(0), i(1<<16 + 1)}, 28},
		{"random_get", "ii", [][]byte{i(-1), i(2)}, 21},
		{"fd_write", "iiii", [][]byte{i(0), i(0), i(0), i(0)}, 8},
		{"fd_write", "iiii", [][]byte{i(3), i(0), i(0), i(0)}, 8},
		{"fd_write", "iiii", [][]byte{i(1), i(-4), i(1), i(0)}, 21},
		{"fd_write", "iiii", [][]byte{i(1), i(0), i(65), i(0)}, 28},
		{"fd_write", "iiii", [][]byte{i(1), i(0), i(-1), i(0)}, 28},
		{"fd_read", "iiii", [][]byte{i(0), i(0), i(0), i(0)}, 8},
		{"fd_prestat_get", "ii", [][]byte{i(3), i(0)}, 8},
		{"path_open", "iiiiiIIii", [][]byte{i(3), i(0), i(0), i(2), i(0), I(0), I(0), i(0), i(8)}, 8},
		{"path_unlink_file", "iii", [][]byte{i(3), i(0), i(2)}, 8},
		{"sock_accept", "iii", [][]byte{i(3), i(0), i(0)}, 8},
		{"poll_oneoff", "iiii", [][]byte{i(0), i(0), i(0), i(0)}, 28},
		{"poll_oneoff", "iiii", [][]byte{i(-8), i(0), i(1), i(0)}, 21},
		{"proc_raise", "i", [][]byte{i(9)}, 52},
	} {
		var out strings.Builder
		got, err := instantiate(t, calling(test.name, test.params, test.args...), fixed(&out)).Call("run", 1_000_000)
		if err != nil || got != test.want {
			t.Errorf("%s: %d, %v; want %d", test.name, got, err, test.want)
		}
		if out.Len() > 0 {
			t.Errorf("%s wrote %q", test.name, out.String())
		}
	}
}

func TestWASI_clockIsCoarse(t *testing.T) {
	i := instantiate(t, calling("clock_time_get", "iIi", asm.I32(0), asm.I64(1), asm.I32(16)), fixed(new(strings.Builder)))
	if _, err := i.Call("run", 1_000_000); err != nil {
		t.Fatal(err)
	}
	raw, _ := i.Read(16, 8)
	if got := binary.LittleEndian.Uint64(raw); got != 1_234_000_000 {
		t.Errorf("clock says %d ns, want whole milliseconds", got)
	}
}

func TestWASI_random(t *testing.T) {
	i := instantiate(t, calling("random_get", "ii", asm.I32(4), asm.I32(2)), fixed(new(strings.Builder)))
	if _, err := i.Call("run", 1_000_000); err != nil {
		t.Fatal(err)
	}
	if got, _ := i.Read(3, 4); !bytes.Equal(got, []byte{0, 0xAB, 0xAB, 0}) {
		t.Errorf("memory is %x", got)
	}
	opts := fixed(new(strings.Builder))
	opts.WASI.Rand = iotest.ErrReader(errors.New("no entropy"))
	if got, err := instantiate(t, calling("random_get", "ii", asm.I32(4), asm.I32(2)), opts).Call("run", 1_000_000); got != 29 {
		t.Errorf("without entropy: %d, %v; want 29", got, err)
	}
}

func TestWASI_output(t *testing.T) {
	m := calling("fd_write", "iiii", asm.I32(2), asm.I32(16), asm.I32(2), asm.I32(8))
	m.Data(16, "\x40\x00\x00\x00\x05\x00\x00\x00\x50\x00\x00\x00\x01\x00\x00\x00")
	m.Data(64, "hello")
	m.Data(80, "!")
	var out strings.Builder
	i := instantiate(t, m, fixed(&out))
	if got, err := i.Call("run", 1_000_000); got != 0 || err != nil || out.String() != "hello!" {
		t.Errorf("Call(\"run\", 1_000_000) = %d, %v, %q; want 0 and String \"hello!\"", got, err, out.String())
	}
	if n, _ := i.Read(8, 1); n[0] != 6 {
		t.Errorf("written = %d, want 6", n[0])
	}
}

// TestWASI_sleepsNot: a sleep of ten minutes returns at once, marked as timed out.
func TestWASI_sleepsNot(t *testing.T) {
	m := calling("poll_oneoff", "iiii", asm.I32(64), asm.I32(256), asm.I32(2), asm.I32(0))
	m.Data(64, "userdata\x00")
	m.Data(64+48, "another!\x01")
	i := instantiate(t, m, fixed(new(strings.Builder)))
	if got, err := i.Call("run", 1_000_000); got != 0 || err != nil {
		t.Fatal(got, err)
	}
	events, _ := i.Read(256, 64)
	if string(events[:8]) != "userdata" || events[8] != 0 || string(events[32:40]) != "another!" || events[40] != 8 || events[42] != 1 {
		t.Errorf("events %q", events)
	}
	if n, _ := i.Read(0, 1); n[0] != 2 {
		t.Errorf("%d events, want 2", n[0])
	}
}

func TestWASI_exitIsNoSuccess(t *testing.T) {
	for _, code := range []int32{0, 1} {
		m := &asm.Module{}
		f := m.Import(wasi, "proc_exit", "i", "")
		m.Memory(1, 0)
		m.Export("run", m.Func("", "i", asm.I32(code), asm.Call(f), asm.I32(0)))
		if _, err := instantiate(t, m, fixed(new(strings.Builder))).Call("run", 1_000_000); !errors.Is(err, wasm.ErrExit) {
			t.Errorf("proc_exit(%d): %v, want %v", code, err, wasm.ErrExit)
		}
	}
}

func TestInstance_fuel(t *testing.T) {
	m := &asm.Module{}
	m.Memory(1, 0)
	m.Export("run", m.Func("", "i", asm.Loop(asm.Br(0)), asm.I32(0)))
	if _, err := instantiate(t, m, fixed(new(strings.Builder))).Call("run", 1_000_000); !errors.Is(err, wasm.ErrFuel) {
		t.Errorf("got %v, want %v", err, wasm.ErrFuel)
	}
}

// TestInstance_hostCallsBurn: a host call costs more than entering the function that makes
// it.
func TestInstance_hostCallsBurn(t *testing.T) {
	i := instantiate(t, calling("sched_yield", ""), fixed(new(strings.Builder)))
	if _, err := i.Call("run", 1000); err != nil || i.Fuel() != 1000-6-100 {
		t.Errorf("%d of 1000 units are left (%v), want 894", i.Fuel(), err)
	}
	if _, err := i.Call("run", 100); !errors.Is(err, wasm.ErrFuel) {
		t.Errorf("on 100 units: %v, want %v", err, wasm.ErrFuel)
	}
}

func TestInstance_noExport(t *testing.T) {
	if _, err := instantiate(t, calling("sched_yield", ""), fixed(new(strings.Builder))).Call("none", 1_000_000); err == nil {
		t.Error("calling what is not there succeeded")
	}
}

// TestInstance_hostPanic: a panic in a host function ends the call and nothing else.
func TestInstance_hostPanic(t *testing.T) {
	cause := errors.New("boom")
	for _, value := range []any{cause, "text"} {
		opts := fixed(new(strings.Builder))
		opts.Funcs = []wasm.Func{{Module: "host", Name: "panic", Call: func(*wasm.Instance, []uint64) { panic(value) }}}
		m := &asm.Module{}
		f := m.Import("host", "panic", "", "")
		m.Memory(1, 0)
		m.Export("run", m.Func("", "i", asm.Call(f), asm.I32(0)))
		_, err := instantiate(t, m, opts).Call("run", 1_000_000)
		if err == nil || value == any(cause) && !errors.Is(err, cause) {
			t.Errorf("panic(%v): got %v", value, err)
		}
	}
}
