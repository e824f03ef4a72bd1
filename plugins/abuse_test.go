package plugins_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// The stages at which an attack ends.
const (
	atLoad = "load" // it does not load
	atCall = "call" // the call fails with a class
	passes = "ok"   // it is harmless here
)

// attack is one hostile module: what it tries, the stage at which its ABI form must fail,
// the text of the error (at load) or the class of the fault, and a time limit. Raw forms
// all fail at load, within the same time.
type attack struct {
	name  string
	form  form
	stage string
	class string // one of several alternatives
	bound time.Duration
}

const (
	short = 200 * time.Millisecond // what one call may take, fuel and all
	long  = 2 * time.Second        // limit for inspecting a large module
	clock = 600 * time.Millisecond // when these tests end a call that fuel does not end, and once more after
)

// attacks lists the attacks with their numbers in the collection of hostile modules. The
// others have tests of their own: 31 and 32 (every truncation, every bit) TestLoad_damaged,
// 52, 53, 55, 58 (what no guest may do) TestNever, 54 and the other journal limits
// TestHostCalls_journalLimits, 59 TestShadow, 60 and 61 (no state remains)
// TestCall_isolation, 62 TestLoad_sameName, 63 TestReload_duringCall, 64 and 65
// TestReload_flat.
func attacks() []attack {
	header := asm.Header()
	forever := asm.Loop(asm.Br(0))
	return []attack{
		{"1 endless loop", body(forever), atCall, "fuel", short},
		{"1b call tree without a loop", tree(), atCall, "fuel", short},
		{"1c roots", slowly(0x9F), atCall, "fuel", short},
		{"1d rounding", slowly(0x9E), atCall, "fuel", short},
		{"1e divisions", dividing(), atCall, "fuel", short},
		{"1f loads that miss every cache", chasing(60, alone), atCall, "fuel", clock},
		{"1g the same with host calls", chasing(1920, yielding), atCall, "fuel", clock},
		{"2 loop in start", with(func(h *hostile) { h.Start(h.Func("", "", forever)) }), atLoad, "start section", short},
		{"2b loop in _initialize", with(func(h *hostile) { h.Export("_initialize", h.Func("", "", forever)) }), atLoad, "out of fuel", short},
		{"2c loop in configure", with(func(h *hostile) { h.Export("configure", h.Func("", "i", forever, asm.I32(0))) }), atLoad, "out of fuel", short},
		{"start trap", with(func(h *hostile) { h.Start(h.Func("", "", asm.Op(asm.Unreachable))) }), atLoad, "start section", short},
		{"3 loop that asks for the time", made(func(h *hostile) {
			f := h.host("now_ms", "", "I")
			h.Memory(1, 0)
			h.entry(asm.Loop(asm.Call(f), asm.Op(asm.Drop), asm.Br(0)), asm.I32(0))
		}), atCall, "host_calls", short},
		{"4 recursion", recursion(0), atCall, "fuel stack", short},
		{"5 mutual recursion", mutual(), atCall, "fuel stack", short},
		{"6 recursion with 400 locals", recursion(400), atCall, "fuel stack", short},
		{"6b recursion with 400 values that wait", made(func(h *hostile) {
			h.Memory(1, 0)
			f := uint32(0)
			if h.abi {
				h.Marker()
				f++
			}
			h.Export(map[bool]string{false: "run", true: "on_auth_expire"}[h.abi], h.Func("", "i",
				asm.Repeat(400, asm.I32(16), asm.Load()), asm.Call(f), asm.Repeat(400, asm.Op(asm.Add))))
		}), atCall, "fuel stack", short},
		{"6c recursion with 400 results", made(func(h *hostile) {
			h.Memory(1, 0)
			f := h.Func("", strings.Repeat("i", 400), asm.Call(0))
			h.entry(asm.Call(f), asm.Repeat(400, asm.Op(asm.Drop)), asm.I32(0))
		}), atCall, "fuel stack", short},
		{"6d recursion that would return", returning(400, 8000, alone), atCall, "stack", short},
		{"6e the same with loads that miss every cache", returning(400, 8000, missing), atCall, "stack fuel", clock},
		{"6f recursion with values that are kept one after the other", made(func(h *hostile) {
			h.Memory(1, 0)
			leaf := h.Func("", "i", asm.I32(16), asm.Load())
			f := leaf + 1 // each value is kept across the next call, in the same local
			keep := asm.Cat(asm.Call(leaf), asm.SetLocal(1), asm.Call(leaf), asm.Local(1), asm.Op(asm.Add), asm.Local(0), asm.Op(asm.Add), asm.SetLocal(0))
			h.FuncLocals("i", "i", "i", asm.Repeat(1000, keep), asm.Local(0), asm.Call(f))
			h.entry(asm.I32(1), asm.Call(f))
		}), atCall, "fuel stack", short},
		{"6g recursion with memory that grows at the bottom", made(func(h *hostile) {
			h.Memory(1, 0)
			f := uint32(0)
			h.Func("i", "i", asm.Local(0), []byte{0x04, 0x7F}, asm.Local(0), asm.I32(1), asm.Op(asm.Sub), asm.Call(f), asm.I32(0), asm.Op(asm.Add),
				[]byte{0x05}, asm.I32(250), asm.MemoryGrow(), []byte{0x0B})
			h.entry(asm.I32(80_000), asm.Call(f), asm.Op(asm.Drop), asm.Loop(asm.Br(0)), asm.I32(0))
		}), atCall, "stack", short},
		{"7 call back", made(func(h *hostile) {
			f := h.host("call_back", "", "")
			h.Memory(1, 0)
			h.entry(asm.Call(f), asm.I32(0))
		}), atLoad, "no such host function", short},
		{"8 grow for ever", body(asm.Loop(asm.I32(1), asm.MemoryGrow(), asm.I32(-1), asm.Op(0x47), asm.BrIf(0))), passes, "", short},
		{"8b grow without end", body(asm.Loop(asm.I32(1), asm.MemoryGrow(), asm.Op(asm.Drop), asm.Br(0))), atCall, "fuel", short},
		{"9 grow and touch", body(
			asm.Loop(asm.I32(16), asm.MemoryGrow(), asm.I32(-1), asm.Op(0x47), asm.BrIf(0)),
			asm.I32(0), asm.I32(1), []byte{0x3F, 0}, asm.I32(65536), asm.Op(asm.Mul), asm.MemoryFill()), passes, "", short},
		{"10 memory of 4 GiB", made(func(h *hostile) { h.Memory(65536, 0); h.entry(asm.I32(0)) }), atLoad, "memory", short},
		{"11 memory up to 4 GiB", made(func(h *hostile) { h.Memory(1, 65536); h.entry(asm.I32(0)) }), passes, "", short},
		{"12 two memories", with(func(h *hostile) { h.PrivateMemory(1, 0) }), atLoad, "memor", short},
		{"13 memory64", bytesOf(asm.Cat(header, asm.Section(5, []byte{1, 4, 1}))), atLoad, "not a module", short},
		{"shared memory", bytesOf(asm.Cat(header, asm.Section(5, []byte{1, 3, 1, 1}))), atLoad, "not a module", short},
		{"atomic wait", body(asm.I32(0), asm.I32(0), asm.I64(-1), []byte{0xFE, 1, 2, 0}, asm.Op(asm.Drop)), atLoad, "not a module", short},
		{"14 huge table", with(func(h *hostile) { h.Table(134217727, 0) }), atLoad, "tables of", short},
		{"15 many tables", with(func(h *hostile) {
			for range 500 {
				h.Table(100_000, 0)
			}
		}), atLoad, "tables of", short},
		{"16 table.grow", made(func(h *hostile) {
			h.Memory(1, 0)
			h.Table(1, 0)
			h.entry(asm.Loop(asm.RefNull(), asm.I32(1_000_000), asm.TableGrow(), asm.Op(asm.Drop), asm.Br(0)), asm.I32(0))
		}), atCall, "fuel", short},
		{"16b table.grow bit by bit", made(func(h *hostile) {
			h.Memory(1, 0)
			h.Table(1, 0)
			h.entry(asm.Loop(asm.RefNull(), asm.I32(1), asm.TableGrow(), asm.I32(-1), asm.Op(0x47), asm.BrIf(0)), asm.I32(0))
		}), passes, "", short},
		{"17 table.fill", made(func(h *hostile) {
			h.Memory(1, 0)
			h.Table(10_000, 0)
			h.entry(asm.Loop(asm.I32(0), asm.RefNull(), asm.I32(10_000), asm.TableFill(), asm.Br(0)), asm.I32(0))
		}), atCall, "fuel", short},
		{"17b table.fill of 10 million", made(func(h *hostile) {
			h.Memory(1, 0)
			h.Table(10_000, 0)
			h.entry(asm.I32(0), asm.RefNull(), asm.I32(10_000_000), asm.TableFill(), asm.I32(0))
		}), atCall, "fuel trap", short},
		{"memory.fill loop", body(asm.Loop(asm.I32(0), asm.I32(7), asm.I32(65536), asm.MemoryFill(), asm.Br(0))), atCall, "fuel", short},
		{"18 wide br_table", bytesOf(wideTable(500_000)), atLoad, "split the function", long},
		{"19 100,000 ifs", with(func(h *hostile) {
			h.FuncLocals("", "", "i", asm.Repeat(100_000, asm.Local(0), asm.If()))
		}), atLoad, "split the function", long},
		{"20 nested blocks", with(func(h *hostile) {
			h.Func("", "", asm.Repeat(20_000, []byte{2, 0x40}), asm.Repeat(20_000, []byte{0x0B}))
		}), atLoad, "split the function", long},
		{"21 straight line", with(func(h *hostile) {
			h.Func("", "i", asm.I32(1), asm.Repeat(350_000, asm.I32(1), asm.Op(asm.Add)))
		}), atLoad, "split the function", long},
		{"22 live locals", with(func(h *hostile) { h.RawFunc("", "", asm.Cat([]byte{1}, asm.U(20_000), []byte{0x7E, 0x0B})) }), atLoad, "locals", long},
		{"23 100,000 functions", repeatFuncs(100_000), atLoad, "functions", long},
		{"23b globals", with(func(h *hostile) {
			for range 30_000 {
				h.Global("i", true, asm.I32(0))
			}
		}), atLoad, "globals", long},
		{"23c exports", with(func(h *hostile) {
			for n := range 20_000 {
				h.Export(fmt.Sprintf("x%d", n), 0)
			}
		}), atLoad, "exports", long},
		{"24 2^32-1 locals", with(func(h *hostile) { h.RawFunc("", "", []byte{1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7E, 0x0B}) }), atLoad, "locals", short},
		{"25 long LEB128", with(func(h *hostile) {
			h.RawFunc("", "", []byte{0, 0x20, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x1A, 0x0B})
		}), atLoad, "not a module", short},
		{"25b LEB128 not minimal", bytesOf(asm.Cat(header, []byte{1, 0x84, 0x80, 0x80, 0x80, 0x00, 1, 0x60, 0, 0})), atLoad, "hook_abi_v1", short},
		{"26 section past the end", bytesOf(asm.Cat(header, []byte{1, 0x7F, 1})), atLoad, "not a module", short},
		{"27 section twice", bytesOf(asm.Cat(header, asm.Section(1, []byte{0}), asm.Section(1, []byte{0}))), atLoad, "", short},
		{"27b wrong order", bytesOf(asm.Cat(header, asm.Section(5, []byte{1, 0, 1}), asm.Section(1, []byte{0}))), atLoad, "", short},
		{"28 custom section of 50 MB", bytesOf(asm.Cat(header, asm.Section(0, make([]byte, 50<<20)))), atLoad, "more than", long},
		{"29 vector of 2^32-1", bytesOf(asm.Cat(header, asm.Section(1, []byte{0xFF, 0xFF, 0xFF, 0xFF, 0x0F}))), atLoad, "not a module", short},
		{"30 empty", bytesOf([]byte{}), atLoad, "either a file or a module", short},
		{"30b seven bytes", bytesOf(header[:7]), atLoad, "not a module", short},
		{"30c wrong magic", bytesOf([]byte("\x00wasm\x01\x00\x00\x00")), atLoad, "not a module", short},
		{"30d component", bytesOf([]byte{0, 'a', 's', 'm', 0x0D, 0, 1, 0}), atLoad, "not a module", short},
		{"30e gzip", bytesOf([]byte("\x1F\x8B\x08\x00\x00\x00\x00\x00")), atLoad, "not a module", short},
		{"33 pointer at the end", setAt(-1, 2), atCall, "reported", short},
		{"34 length -1", setAt(0, -1), atCall, "reported", short},
		{"35 sum past 32 bits", setAt(-16, 32), atCall, "reported", short},
		{"36 negative length", setAt(64, -64), atCall, "reported", short},
		{"37 wide result", made(func(h *hostile) { // a status cannot have more than 32 bits
			h.Memory(1, 0)
			f := h.Func("", "I", asm.I64(1<<40))
			if h.abi {
				h.Marker()
			}
			h.Export("on_auth_expire", f)
		}), atLoad, "must be () -> i32", short},
		{"38 buffer over the key", status("get", "iiii", func(h *hostile) []byte {
			return asm.Cat(h.text("lifetime"), asm.I32(2049), asm.I32(8), asm.Call(0), asm.I32(6), asm.Op(asm.Sub), asm.If(asm.Op(asm.Unreachable)), h.text("lifetime"), asm.I32(0), asm.I32(0))
		}), atCall, "status", short},
		{"39 pointer 0", setAt(0, 8), atCall, "reported", short},
		{"40 length 0", setAt(64, 0), atCall, "reported", short},
		{"41 value too large", set(strings.Repeat("1", 60_000)), atCall, "reported", short},
		{"42 to 44 alloc that traps", with(func(h *hostile) {
			h.Export("alloc", h.Func("i", "i", asm.Op(asm.Unreachable)))
			h.Export("free", h.Func("i", "", asm.Op(asm.Unreachable)))
		}), passes, "", short},
		{"45 not UTF-8", set("\xFF\xFE"), atCall, "reported", short},
		{"46 half a surrogate", claim(`"\ud800"`), atCall, "reported", short},
		{"47 a name twice", claim(`{"allow":false,"allow":true}`), atCall, "reported", short},
		{"48 NaN", claim(`NaN`), atCall, "reported", short},
		{"48b 1e999", claim(`1e999`), atCall, "reported", short},
		{"49 deep arrays", claim(strings.Repeat("[", 4000) + strings.Repeat("]", 4000)), atCall, "reported", short},
		{"49b 10,000 deep", claim(strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)), atCall, "reported", short},
		{"50 unknown verdict", made(func(h *hostile) { h.Memory(1, 0); h.entry(asm.I32(77)) }), atCall, "status", short},
		{"51 verdict 256", made(func(h *hostile) { h.Memory(1, 0); h.entry(asm.I32(256)) }), atCall, "status", short},
		{"51b verdict -1", made(func(h *hostile) { h.Memory(1, 0); h.entry(asm.I32(-1)) }), atCall, "reported", short},
		{"54 10,000 changes", made(func(h *hostile) {
			f := h.host("set_i64", "iiI", "i")
			h.Memory(1, 0)
			h.entry(asm.Loop(h.text("lifetime"), asm.I64(1), asm.Call(f), asm.Op(asm.Drop), asm.Br(0)), asm.I32(0))
		}), atCall, "host_calls", short},
		{"56 redirect", status("set", "iiii", func(h *hostile) []byte {
			return asm.Cat(h.text("redirect"), h.text("javascript:alert(1)"))
		}), atCall, "reported", short},
		{"57 line break in a key", status("set", "iiii", func(h *hostile) []byte {
			return asm.Cat(h.text("header.set-cookie\r\na"), h.text("x"))
		}), atCall, "reported", short},
		{"66 panic in a host function", made(func(h *hostile) {
			f := h.host("get_i64", "iii", "I")
			h.Memory(1, 0)
			h.entry(h.text("lifetime"), asm.I32(-1), asm.Call(f), asm.Op(asm.Drop), asm.I32(0))
		}), atCall, "trap", short},
		{"67 no memory", made(func(h *hostile) { h.entry(asm.I32(0)) }), atLoad, "memory", short},
		{"68 output flood", wasi("fd_write", "iiii", true, asm.I32(1), asm.I32(64), asm.I32(1), asm.I32(80)), atCall, "host_calls fuel", short},
		{"69 path_open", wasi("path_open", "iiiiiIIii", false, asm.I32(3), asm.I32(0), asm.I32(64), asm.I32(3), asm.I32(0), asm.I64(-1), asm.I64(-1), asm.I32(0), asm.I32(80)), atCall, "reported", short},
		{"70 environ", wasi("environ_get", "ii", false, asm.I32(0), asm.I32(0)), passes, "", short},
		{"71 sock_accept", wasi("sock_accept", "iii", false, asm.I32(3), asm.I32(0), asm.I32(80)), atCall, "reported", short},
		{"72 clock flood", wasi("clock_time_get", "iIi", true, asm.I32(0), asm.I64(1), asm.I32(80)), atCall, "fuel", short},
		{"73 random flood", wasi("random_get", "ii", true, asm.I32(0), asm.I32(65536)), atCall, "fuel", short},
		{"74 sleep", wasi("poll_oneoff", "iiii", false, asm.I32(128), asm.I32(512), asm.I32(1), asm.I32(1024)), passes, "", short},
		{"74b yield flood", wasi("sched_yield", "", true), atCall, "fuel", short},
		{"75 exit 0", wasi("proc_exit", "i", false, asm.I32(0)), atCall, "trap", short},
		{"75b exit 7", wasi("proc_exit", "i", false, asm.I32(7)), atCall, "trap", short},
		{"76 kv without a grant", status("kv_get", "iiii", func(h *hostile) []byte { return asm.Cat(h.text("k"), h.text("v")) }), atLoad, `needs the grant "kv"`, short},
		{"76b unknown import", made(func(h *hostile) { h.Import("evil", "x", "", ""); h.Memory(1, 0); h.entry(asm.I32(0)) }), atLoad, "no such host function", short},
		{"log flood", made(func(h *hostile) {
			f := h.host("log", "iii", "")
			h.Memory(1, 0)
			h.entry(asm.Loop(asm.I32(1), asm.I32(0), asm.I32(65536), asm.Call(f), asm.Br(0)), asm.I32(0))
		}), atCall, "host_calls", short},
		{"log outside the memory", made(func(h *hostile) {
			f := h.host("log", "iii", "")
			h.Memory(1, 0)
			at := func(ptr, n int32) []byte { return asm.Cat(asm.I32(1), asm.I32(ptr), asm.I32(n), asm.Call(f)) }
			h.entry(at(-16, 32), at(0, -1), at(65535, 2), at(65536, 0), asm.I32(0))
		}), passes, "", short},
		{"host sleep", made(func(h *hostile) { f := h.host("sleep", "", ""); h.Memory(1, 0); h.entry(asm.Call(f), asm.I32(0)) }), atLoad, "no such host function", short},
		{"unreachable", body(asm.Op(asm.Unreachable)), atCall, "trap", short},
		{"division by zero", body(asm.I32(1), asm.I32(0), asm.Op(asm.DivS), asm.Op(asm.Drop)), atCall, "trap", short},
		{"load outside", body(asm.I32(-1), []byte{0x29, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, asm.Op(asm.Drop)), atCall, "trap", short},
		{"0 / 0", body([]byte{0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0xA3}, asm.Op(asm.Drop)), passes, "", short},
		{"indirect call of another type", made(func(h *hostile) {
			h.Memory(1, 0)
			h.Table(1, 0)
			f := h.Func("I", "", nil)
			h.Element(0, f)
			other := h.Func("", "", nil) // it has the second type
			h.entry(asm.Call(other), asm.I64(1), asm.I32(1), asm.CallIndirect(0), asm.I32(0))
		}), atCall, "trap", short},
		{"no export", bytesOf(asm.Cat(header, asm.Section(1, []byte{1, 0x60, 0, 0}), asm.Section(3, []byte{1, 0}), asm.Section(10, []byte{1, 2, 0, 0x0B}))), atLoad, "hook_abi_v1", short},
		{"export of another signature", made(func(h *hostile) {
			h.Memory(1, 0)
			f := h.Func("I", "F", []byte{0x44, 0, 0, 0, 0, 0, 0, 0, 0})
			if h.abi {
				h.Marker()
			}
			h.Export("on_auth_expire", f)
		}), atLoad, "must be () -> i32", short},
		{"refuelling", made(func(h *hostile) { // a global in the place of the fuel
			h.Memory(1, 0)
			h.entry(asm.Loop(asm.I64(1<<60), asm.SetGlobal(0), asm.Br(0)), asm.I32(0))
		}), atLoad, "global", short},
		{"reserved export", with(func(h *hostile) { h.Export("cardea:fuel", h.Func("", "")) }), atLoad, "belong to the host", short},
	}
}

// slack multiplies time limits on busy machines and under the race detector; only unbounded
// growth matters.
func slack() time.Duration {
	if raceEnabled {
		return 25
	}
	return 3
}

// patience multiplies the time limits of calls under the race detector.
func patience() time.Duration {
	if raceEnabled {
		return 10
	}
	return 1
}

// share is the plugin's share in percent. Under the race detector, which takes a tenth of a
// second to copy a deep stack, it is 100, so that the second call is not busy.
func share() int {
	if raceEnabled {
		return 100
	}
	return 0
}

// TestAbuse runs every attack in both forms with deny and with skip, while another
// goroutine collects garbage. A collection may take 100 ms, or on a busy machine five times
// as long as during harmless work.
func TestAbuse(t *testing.T) {
	plugins.NeedsCompiler(t)
	cfg := plugins.Config{CacheDir: filepath.Join(t.TempDir(), "cache"), Breaker: plugins.Breaker{Failures: -1}}
	var last atomic.Pointer[plugins.Fault]
	cfg.OnFault = func(_ context.Context, f *plugins.Fault) { last.Store(f) }
	host := openHost(t, cfg)
	before := heap()
	gc := watchGC()
	for begun := time.Now(); time.Since(begun) < 300*time.Millisecond; { // as long as an attack takes
		harmless(1)[0]()
	}
	usual, worst := gc.take(), time.Duration(0)
	limit := max(100*time.Millisecond, 5*usual)
	if raceEnabled { // it records each byte of a copied stack in fresh memory, without interruption
		limit *= 10
	}
	for _, a := range attacks() {
		t.Run(a.name, func(t *testing.T) {
			a.within(t, "refusing the raw form", func() {
				if _, err := host.Load(context.Background(), plugins.Spec{Name: "raw", Module: a.form(false), Grants: all()}); err == nil {
					t.Error("the raw form was loaded")
				}
			})
			for _, onError := range []string{plugins.Deny, plugins.Skip} {
				last.Store(nil)
				a.within(t, onError, func() {
					if stage, class := a.run(t, host, onError, &last); stage != a.stage || !a.expects(class) {
						t.Errorf("%s: ended at %s with %q, want %s with %q", onError, stage, class, a.stage, a.class)
					}
				})
			}
			took := gc.take()
			for tries := 0; tries < 3 && took > limit; tries++ { // repeated, since the rest of the machine may have been slow
				a.run(t, host, plugins.Skip, &last)
				took = min(took, gc.take())
			}
			if took > limit/2 {
				t.Logf("a garbage collection took %s meanwhile", took)
			}
			worst = max(worst, took)
		})
	}
	gc.close()
	t.Logf("the longest garbage collection took %s, %s beside harmless work", worst, usual)
	if worst > limit {
		t.Errorf("a garbage collection waited %s, at most %s are allowed", worst, limit)
	}
	for deadline := time.Now().Add(30 * time.Second); heap() > before+16<<20; {
		if time.Now().After(deadline) {
			t.Fatalf("the heap grew from %d to %d bytes", before, heap())
		}
		runtime.Gosched()
	}
}

// within runs an attack, and repeats it if it takes too long, since the rest of the machine
// may have been slow.
func (a attack) within(t *testing.T, what string, run func()) {
	t.Helper()
	for range 3 {
		begun := time.Now()
		run()
		took := time.Since(begun)
		if took <= a.bound*slack() {
			return
		}
		t.Logf("%s took %s", what, took)
	}
	t.Errorf("%s took longer than %s three times", what, a.bound*slack())
}

func (a attack) expects(class string) bool {
	if a.stage == atCall {
		return class != "" && strings.Contains(" "+a.class+" ", " "+class+" ")
	}
	return strings.Contains(class, a.class)
}

// run loads an attack, calls it twice, and returns where it failed.
func (a attack) run(t *testing.T, host *plugins.Host, onError string, last *atomic.Pointer[plugins.Fault]) (stage, class string) {
	t.Helper()
	p, err := host.Load(context.Background(), plugins.Spec{Name: "hostile", Module: a.form(true), Grants: manifest.Grants{Read: []string{"*"}, Write: []string{"*"}},
		Limits: manifest.Limits{Time: clock / 3 * patience(), Deadline: clock / 6 * patience(), Share: share()}})
	if err != nil {
		return atLoad, err.Error()
	}
	defer func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	point := bind(t, p, p.Points()[0], onError)
	for range 2 { // the second call gets a working instance
		got, err := point.Apply(context.Background(), newEvent())
		f := last.Swap(nil)
		switch {
		case f == nil && err == nil:
			stage = passes
			continue
		case f == nil:
			t.Errorf("an error without a fault: %v", err)
			return stage, class
		}
		stage, class = atCall, f.Class
		if onError == plugins.Deny && api.ReasonOf(err) != api.ReasonHookFailed {
			t.Errorf("under deny: %v", err)
		}
		if e := api.AsError(err); e != nil && e.Public != "" {
			t.Errorf("the client gets %q", e.Public)
		}
		if onError == plugins.Skip && (err != nil || got.text("lifetime") != newEvent().text("lifetime")) {
			t.Errorf("under skip: %v, %v", got.fields, err)
		}
	}
	return stage, class
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// gcWatch collects garbage continuously in its own goroutine, and records the longest
// collection since take was last called.
type gcWatch struct {
	longest    atomic.Int64
	finished   atomic.Int64
	stop, done chan struct{}
}

func watchGC() *gcWatch {
	w := &gcWatch{stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		for {
			select {
			case <-w.stop:
				return
			case <-time.After(time.Millisecond):
				begun := time.Now()
				runtime.GC()
				w.longest.Store(max(w.longest.Load(), int64(time.Since(begun))))
				w.finished.Add(1)
			}
		}
	}()
	return w
}

// take waits until the current collection and the next have finished, so that a delay of
// either is included.
func (w *gcWatch) take() time.Duration {
	for seen := w.finished.Load(); w.finished.Load() < seen+2; {
		time.Sleep(time.Millisecond)
	}
	return time.Duration(w.longest.Swap(0))
}

func (w *gcWatch) close() {
	close(w.stop)
	<-w.done
}

// TestAbuse_compile: a module within the limits of each function that would still take
// minutes to compile ends with the compiler process.
func TestAbuse_compile(t *testing.T) {
	plugins.NeedsCompiler(t)
	m := good()
	slow := asm.Repeat(3900, asm.Local(0), []byte{0x04, 0x7F}, asm.I32(1), []byte{0x05}, asm.I32(2), []byte{0x0B}, asm.SetLocal(0))
	for range 100 {
		m.FuncLocals("", "", "i", slow)
	}
	cfg := apart()
	cfg.Compile.CPU = time.Second
	host, err := plugins.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close(context.Background())
	_, err = host.Load(context.Background(), plugins.Spec{Name: "slow", Module: m.Bytes()})
	if err == nil || !strings.Contains(err.Error(), "limit on time or memory") {
		t.Errorf("got %v, want an error with %q", err, "limit on time or memory")
	}
}
