package plugins_test

import (
	"strings"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
)

// hostile builds one attack in two forms: as a plain module (raw: with an export "run", and
// imports from "env"), and as a plugin that follows the ABI and so reaches the code that
// attacks.
type hostile struct {
	*asm.Module
	abi  bool
	next int32
}

// text puts s into memory and pushes its pointer and length.
func (h *hostile) text(s string) []byte {
	h.next += int32(len(s)) + 1
	h.Data(h.next-int32(len(s)), s)
	return asm.Cat(asm.I32(h.next-int32(len(s))), asm.I32(int32(len(s))))
}

// host imports a host function.
func (h *hostile) host(name, params, results string) uint32 {
	if h.abi {
		return h.Import("hook_v1", name, params, results)
	}
	return h.Import("env", name, params, results)
}

// entry exports what is called.
func (h *hostile) entry(body ...[]byte) { h.entryLocals("", body...) }

// entryLocals is entry with locals.
func (h *hostile) entryLocals(locals string, body ...[]byte) {
	f := h.FuncLocals("", "i", locals, body...)
	if h.abi {
		h.Marker()
		h.Export("on_auth_expire", f)
		return
	}
	h.Export("run", f)
}

type form func(abi bool) []byte

// made returns both forms of the module with a memory that build makes.
func made(build func(h *hostile)) form {
	return func(abi bool) []byte {
		h := &hostile{Module: &asm.Module{}, abi: abi, next: 2048}
		build(h)
		return h.Bytes()
	}
}

// body returns an attack that consists of code only.
func body(code ...[]byte) form {
	return made(func(h *hostile) {
		h.Memory(1, 0)
		h.entry(append(code, asm.I32(0))...)
	})
}

// with returns an attack outside the called code.
func with(change func(h *hostile)) form {
	return made(func(h *hostile) {
		h.Memory(1, 0)
		change(h)
		h.entry(asm.I32(0))
	})
}

// bytesOf is one module in both forms.
func bytesOf(module []byte) form { return func(bool) []byte { return module } }

// status returns an attack that uses the result of a host call as the hook's status.
func status(name, params string, args func(h *hostile) []byte) form {
	return made(func(h *hostile) {
		f := h.host(name, params, "i")
		h.Memory(1, 0)
		h.entry(args(h), asm.Call(f))
	})
}

// set returns an attack that calls set with this value.
func set(value string) form {
	return status("set", "iiii", func(h *hostile) []byte { return asm.Cat(h.text("lifetime"), h.text(value)) })
}

// setAt returns an attack that calls set with a key at this address.
func setAt(ptr, n int32) form {
	return status("set", "iiii", func(h *hostile) []byte { return asm.Cat(asm.I32(ptr), asm.I32(n), h.text("1")) })
}

// claim returns an attack that calls set_json on a claim at token-claims.
func claim(json string) form {
	return func(abi bool) []byte {
		h := &hostile{Module: &asm.Module{}, abi: abi, next: 2048}
		f := h.host("set_json", "iiii", "i")
		h.Memory(1, 0)
		g := h.Func("", "i", h.text("claim.x"), h.text(json), asm.Call(f))
		if abi {
			h.Marker()
		}
		h.Export("on_token_claims", g)
		return h.Bytes()
	}
}

// wasi makes WASI calls forever, or once with the errno as the status.
func wasi(name, params string, forever bool, args ...[]byte) form {
	return made(func(h *hostile) {
		results := "i"
		if name == "proc_exit" {
			results = ""
		}
		f := h.Import("wasi_snapshot_preview1", name, params, results)
		h.Memory(1, 0)
		h.Data(64, "\x60\x00\x00\x00\x10\x00\x00\x00")
		call := asm.Cat(asm.Cat(args...), asm.Call(f))
		switch {
		case results == "":
			h.entry(call, asm.I32(0))
		case forever:
			h.entry(asm.Loop(call, asm.Op(asm.Drop), asm.Br(0)), asm.I32(0))
		default:
			h.entry(asm.I32(0), call, asm.Op(asm.Sub)) // as a negative status
		}
	})
}

func recursion(locals int) form {
	return made(func(h *hostile) {
		h.Memory(1, 0)
		// f(x) = f(x+1) + locals that live across the call
		code := asm.Cat(asm.Local(0), asm.I32(1), asm.Op(asm.Add), asm.Call(0))
		for n := range locals {
			code = asm.Cat(asm.Local(0), asm.I32(int32(n)), asm.Op(asm.Mul), asm.SetLocal(uint32(n+1)), code, asm.Local(uint32(n+1)), asm.Op(asm.Add))
		}
		f := h.FuncLocals("i", "i", strings.Repeat("i", locals), code)
		h.entry(asm.I32(1), asm.Call(f))
	})
}

// returning returns an attack that recurses to a depth with this many locals, each used
// after the call, and returns.
func returning(locals int, depth int32, meanwhile func(h *hostile) []byte) form {
	return made(func(h *hostile) {
		each := meanwhile(h)
		h.Memory(16, 0)
		const self = 0
		code := asm.Cat(asm.Local(0), asm.I32(1), asm.Op(asm.Sub), asm.Call(self))
		for n := range locals {
			code = asm.Cat(asm.Local(0), asm.I32(int32(n)), asm.Op(asm.Mul), asm.SetLocal(uint32(n+1)), code, asm.Local(uint32(n+1)), asm.Op(asm.Add))
		}
		f := h.FuncLocals("i", "i", strings.Repeat("i", locals), each, asm.Local(0), []byte{0x04, 0x7F}, code, []byte{0x05}, asm.I32(0), []byte{0x0B})
		h.entry(asm.I32(depth), asm.Call(f), asm.Op(asm.Drop), asm.I32(0))
	})
}

// missing loads from addresses that depend on the argument, to miss the cache.
func missing(*hostile) []byte {
	at := asm.Cat(asm.Local(0), asm.I32(0x9E3779B1-1<<32), asm.Op(asm.Mul), asm.I32(0xFFFC0), []byte{0x71}) // and
	return asm.Cat(at, asm.Repeat(8, asm.Load(), asm.I32(0xFFFC0), []byte{0x71}), asm.Op(asm.Drop))
}

func mutual() form {
	return made(func(h *hostile) {
		h.Memory(1, 0)
		h.Table(2, 0)
		a := h.Func("", "i", asm.I32(1), asm.CallIndirect(0), asm.I32(1), asm.Op(asm.Add))
		b := h.Func("", "i", asm.I32(0), asm.CallIndirect(0), asm.I32(1), asm.Op(asm.Add))
		h.Element(0, a, b)
		h.entry(asm.Call(a))
	})
}

// tree returns an attack that calls itself twice per level, without a loop.
func tree() form {
	return made(func(h *hostile) {
		h.Memory(1, 0)
		f := h.Func("", "i", asm.I32(0))
		for range 31 {
			f = h.Func("", "i", asm.Call(f), asm.Call(f), asm.Op(asm.Add))
		}
		h.entry(asm.Call(f))
	})
}

func repeatFuncs(n int) form {
	return with(func(h *hostile) {
		for range n {
			h.RawFunc("", "", []byte{0, 0x0B})
		}
	})
}

// slowly returns an attack that loops over 60 copies of a slow instruction; op replaces one
// float by another.
func slowly(op byte) form {
	return made(func(h *hostile) {
		h.Memory(1, 0)
		h.entryLocals("F", asm.Loop(asm.Local(0), asm.Repeat(60, []byte{op}), asm.SetLocal(0), asm.Br(0)), asm.I32(0))
	})
}

// dividing does so with integers.
func dividing() form {
	return made(func(h *hostile) {
		h.Memory(1, 0)
		divide := asm.Cat(asm.Local(1), []byte{0x80}) // i64.div_u
		h.entryLocals("II", asm.I64(1), asm.SetLocal(1), asm.I64(-3), asm.SetLocal(0),
			asm.Loop(asm.Local(0), asm.Repeat(29, divide), asm.SetLocal(0), asm.Br(0)), asm.I32(0))
	})
}

// chasing returns an attack that follows pointers in an unpredictable order: each load
// waits for the previous one and takes a hundred times as long as an addition.
func chasing(loads int, meanwhile func(h *hostile) []byte) form {
	const pages = 256
	const lines = pages << 16 / 64
	return made(func(h *hostile) {
		each := meanwhile(h)
		h.Memory(pages, 0)
		next := asm.Cat(asm.Local(0), asm.I32(1103515245), asm.Op(asm.Mul), asm.I32(12345), asm.Op(asm.Add), asm.I32(lines-1), []byte{0x71}) // and
		h.entryLocals("ii",
			asm.Loop(asm.Local(0), asm.I32(64), asm.Op(asm.Mul), next, asm.I32(64), asm.Op(asm.Mul), asm.Store(),
				asm.Local(0), asm.I32(1), asm.Op(asm.Add), []byte{0x22, 0}, asm.I32(lines), asm.Op(asm.LtU), asm.BrIf(0)),
			asm.Loop(asm.Local(1), asm.Repeat(loads, asm.Load()), asm.SetLocal(1), each, asm.Br(0)), asm.I32(0))
	})
}

// alone adds no other work.
func alone(*hostile) []byte { return nil }

// yielding calls WASI so often that the fuel charged by the host refills the guest's
// counter before the guest must do it.
func yielding(h *hostile) []byte {
	return asm.Cat(asm.Call(h.Import("wasi_snapshot_preview1", "sched_yield", "", "i")), asm.Op(asm.Drop))
}
