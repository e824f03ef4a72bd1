package plugins_test

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// dwarf returns the four sections of a module's debug information: one compile unit with
// that many entries, and a line table that is valid except for its file index.
func dwarf(entries int, file byte) map[string]string {
	le := binary.LittleEndian
	unit := func(content []byte) string {
		return string(append(le.AppendUint32(nil, uint32(len(content))), content...))
	}
	info := []byte{4, 0, 0, 0, 0, 0, 4, 1} // version 4, abbreviations at 0, addresses of 4 bytes; a compile unit
	info = le.AppendUint32(info, 1)
	info = le.AppendUint32(info, 1<<28)
	info = le.AppendUint32(info, 0)
	info = asm.Cat(info, asm.Repeat(entries, []byte{2}), []byte{0})
	head := []byte{1, 1, 0xFB, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 'a', 0, 0, 0, 0, 0}
	program := []byte{0, 5, 2, 0, 0, 0, 0, 4, file, 1, 2, 0x80, 0x80, 0x40, 1, 0, 1, 1}
	line := asm.Cat([]byte{2, 0}, le.AppendUint32(nil, uint32(len(head))), head, program)
	return map[string]string{
		".debug_abbrev": string([]byte{1, 0x11, 1, 0x11, 0x01, 0x12, 0x06, 0x10, 0x17, 0, 0, 2, 0x2E, 0, 0, 0, 0}),
		".debug_info":   unit(info),
		".debug_line":   unit(line),
		".debug_str":    "\x00",
	}
}

// names returns a name section: the module's name, and one for each function.
func names(functions int, name string) map[string]string {
	text := asm.Cat(asm.U(uint32(len(name))), []byte(name))
	part := func(id byte, content []byte) []byte { return asm.Section(id, content) }
	var list []byte
	for n := range functions {
		list = asm.Cat(list, asm.U(uint32(n)), text)
	}
	return map[string]string{"name": string(asm.Cat(part(0, text), part(1, asm.Cat(asm.U(uint32(functions)), list))))}
}

// breaking returns a guest that recurses to that depth and traps.
func breaking(depth int32, params int, custom map[string]string) []byte {
	m := &asm.Module{}
	m.Memory(1, 0)
	m.Marker()
	const self = 1 // the marker is function 0
	rest := asm.Repeat(params, asm.I32(0))
	m.Func("i"+strings.Repeat("i", params), "", asm.Local(0), []byte{0x45}, asm.If(asm.Op(asm.Unreachable)),
		asm.Local(0), asm.I32(1), asm.Op(asm.Sub), rest, asm.Call(self))
	m.Export("on_auth_expire", m.Func("", "i", asm.I32(depth), rest, asm.Call(self), asm.I32(0)))
	for name, content := range custom {
		m.Custom(name, content)
	}
	return m.Bytes()
}

// TestFault_afterwards: whatever else a module contains, a call that fails ends soon, in
// the plugin's name, and logs a short text.
func TestFault_afterwards(t *testing.T) {
	plugins.NeedsCompiler(t)
	const most = 4 << 10 // bytes of log of one call
	made := func(module []byte) func(testing.TB) []byte { return func(testing.TB) []byte { return module } }
	for _, test := range []struct {
		name   string
		module func(testing.TB) []byte
	}{
		{"what Rust brings", panickingRust},
		{"nothing", made(breaking(3000, 0, nil))},
		{"many debug entries", made(breaking(3000, 0, dwarf(150_000, 1)))},
		{"debug lines of no file", made(breaking(3000, 0, dwarf(1, 99)))},
		{"debug sections of noise", made(breaking(30, 0, map[string]string{".debug_info": "\xff\xff", ".debug_line": "\x01", ".debug_abbrev": "\x80"}))},
		{"long names", made(breaking(3000, 0, names(3, strings.Repeat("x", 200_000))))},
		{"names with line breaks", made(breaking(3000, 0, names(3, "a\nlevel=ERROR msg=\x1b[31m\u202e")))},
		{"names without end", made(breaking(30, 0, map[string]string{"name": "\x01\x05\xff\xff\xff\xff\x0f"}))},
		{"many parameters", made(breaking(30, 900, nil))},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			var last *plugins.Fault
			cfg := plugins.Config{Logger: logTo(&out), Breaker: plugins.Breaker{Failures: -1}, OnFault: func(_ context.Context, f *plugins.Fault) { last = f }}
			module := test.module(t)
			begun := time.Now()
			p := load(t, cfg, plugins.Spec{Module: module, Limits: manifest.Limits{MemoryPages: 1024, Share: share()}})
			if took := time.Since(begun); took > long*slack() {
				t.Errorf("loading took %s", took)
			}
			for _, onError := range []string{plugins.Deny, plugins.Skip} {
				out.Reset()
				last = nil
				begun := time.Now()
				_, err := bind(t, p, "auth-expire", onError).Apply(context.Background(), newEvent())
				took := time.Since(begun)
				if t.Logf("%s: a call that breaks takes %s", onError, took); took > short*slack() {
					t.Errorf("%s: the call took %s", onError, took)
				}
				if (err != nil) != (onError == plugins.Deny) || err != nil && api.ReasonOf(err) != api.ReasonHookFailed {
					t.Errorf("%s: got %v, want reason %q under deny only", onError, err, api.ReasonHookFailed)
				}
				if last == nil || last.Class != plugins.FaultTrap {
					t.Fatalf("%s: the fault is %v", onError, last)
				}
				if !strings.Contains(last.Error(), "unreachable") {
					t.Errorf("%s: the fault does not say what the guest did: %.300s", onError, last.Error())
				}
				if text := out.String(); len(text) > most || strings.Contains(text, "\nlevel=ERROR") || strings.ContainsAny(text, "\x1b\u202e") {
					t.Errorf("%s: the log has %d bytes: %.600s", onError, len(text), text)
				}
			}
		})
	}
}

// TestFault_hostPanics: a panic of the host during a guest's call is that plugin's failure:
// it follows on_error, counts for the breaker and names the plugin.
func TestFault_hostPanics(t *testing.T) {
	g := newGuest()
	g.hook("auth-expire", g.call("metric_add", g.text("x"), asm.I64(1)), g.call("set_i64", g.text("lifetime"), asm.I64(1)), asm.Op(asm.Drop), asm.I32(0))
	for _, test := range []struct {
		name string
		cfg  func(*plugins.Config)
	}{
		{"in a host call", func(c *plugins.Config) { c.OnMetric = func(string, string, int64) { panic(errors.New("in metrics")) } }},
		{"in a host call, without an error", func(c *plugins.Config) {
			c.OnMetric = func(string, string, int64) { panic(strings.Repeat("x\n", 50_000)) }
		}},
		{"in an observer", func(c *plugins.Config) { c.OnCall = func(context.Context, plugins.Call) { panic("in an observer") } }},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			faults := 0
			cfg := plugins.Config{Logger: logTo(&out), Breaker: plugins.Breaker{Failures: 3}, OnFault: func(_ context.Context, f *plugins.Fault) {
				if f.Class != plugins.FaultPaused {
					faults++
				}
			}}
			test.cfg(&cfg)
			p := load(t, cfg, plugins.Spec{Name: "broken", Module: g.Bytes(), Grants: all()})
			skip, deny := bind(t, p, "auth-expire", plugins.Skip), filter("auth-expire")
			if _, err := skip.Apply(context.Background(), newEvent()); err != nil {
				t.Errorf("under skip: %v", err)
			}
			if err := p.Bind(deny, plugins.Binding{OnError: plugins.Deny}); err != nil {
				t.Fatal(err)
			}
			for range 4 {
				if _, err := deny.Apply(context.Background(), newEvent()); api.ReasonOf(err) != api.ReasonHookFailed {
					t.Errorf("under deny: got %v, want reason %q", err, api.ReasonHookFailed)
				}
			}
			if faults != 3 || p.Paused().IsZero() {
				t.Errorf("%d faults, paused until %s; want 3 and a pause", faults, p.Paused())
			}
			if text := out.String(); !strings.Contains(text, "plugin=broken") || len(text) > 32<<10 {
				t.Errorf("the log has %d bytes: %.600s", len(text), text)
			}
		})
	}
}
