package plugins_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

func good() *asm.Module { return asm.Hook("on_auth_expire", asm.I32(0)) }

// TestLoad_refuses tests modules that are not plugins; want is what the error must tell the
// author.
func TestLoad_refuses(t *testing.T) {
	with := func(change func(*asm.Module)) []byte {
		m := good()
		change(m)
		return m.Bytes()
	}
	importing := func(module, name, params, results string) []byte {
		m := &asm.Module{}
		m.Import(module, name, params, results)
		m.Memory(1, 0)
		m.Marker()
		m.Export("on_auth_expire", m.Func("", "i", asm.I32(0)))
		return m.Bytes()
	}
	for _, test := range []struct {
		name   string
		module []byte
		want   string
	}{
		{"not wasm", []byte("#!/bin/sh"), "not a module"},
		{"header only", asm.Header(), "does not export hook_abi_v1"},
		{"component", []byte{0, 'a', 's', 'm', 13, 0, 1, 0}, "not a module"},
		{"truncated", good().Bytes()[:40], "not a module"},
		{"section past the end", asm.Cat(asm.Header(), []byte{1, 0xFF, 0x7F}), "not a module"},
		{"wrong type", with(func(m *asm.Module) { m.Func("", "i", asm.I64(1)) }), "not a module"},
		{"no marker", func() []byte {
			m := &asm.Module{}
			m.Memory(1, 0)
			m.Export("on_auth_expire", m.Func("", "i", asm.I32(0)))
			return m.Bytes()
		}(), "does not export hook_abi_v1"},
		{"no memory", func() []byte {
			m := &asm.Module{}
			m.Marker()
			m.Export("on_auth_expire", m.Func("", "i", asm.I32(0)))
			return m.Bytes()
		}(), "does not export its memory"},
		{"no hook", func() []byte {
			m := &asm.Module{}
			m.Memory(1, 0)
			m.Marker()
			return m.Bytes()
		}(), "exports no hook"},
		{"program", with(func(m *asm.Module) { m.Export("_start", m.Func("", "")) }), "-buildmode=c-shared"},
		{"hook with a parameter", with(func(m *asm.Module) { m.Export("on_token_claims", m.Func("i", "i", asm.I32(0))) }), "on_token_claims is (i32) -> i32, must be () -> i32"},
		{"hook without a status", with(func(m *asm.Module) { m.Export("on_token_claims", m.Func("", "")) }), "on_token_claims is (), must be () -> i32"},
		{"hook with a wide status", with(func(m *asm.Module) { m.Export("on_token_claims", m.Func("", "I", asm.I64(0))) }), "() -> i64"},
		{"misspelt point", with(func(m *asm.Module) { m.Export("on_token_claim", m.Func("", "i", asm.I32(0))) }), `is "token-claims" meant?`},
		{"configure with a parameter", with(func(m *asm.Module) { m.Export("configure", m.Func("i", "i", asm.I32(0))) }), "export configure"},
		{"_initialize with a result", with(func(m *asm.Module) { m.Export("_initialize", m.Func("", "i", asm.I32(0))) }), "export _initialize"},
		{"misspelt import", importing("hook_v1", "set_int", "iiI", "i"), `is "set_i64" meant?`},
		{"wrong import", importing("hook_v1", "set", "ii", "i"), "hook_v1.set is (i32, i32) -> i32, must be (i32, i32, i32, i32) -> i32"},
		{"libc", importing("env", "strlen", "i", "i"), "the linker did not find"},
		{"other ABI", importing("http_handler", "log", "iii", ""), `module "hook_v1"`},
		{"configure refuses", with(func(m *asm.Module) { m.Export("configure", m.Func("", "i", asm.I32(5))) }), "refuses its configuration: status 5"},
		{"configure traps", with(func(m *asm.Module) { m.Export("configure", m.Func("", "i", asm.Op(asm.Unreachable))) }), "configure: wasm error: unreachable"},
		{"configure loops", with(func(m *asm.Module) { m.Export("configure", m.Func("", "i", asm.Loop(asm.Br(0)), asm.I32(0))) }), "out of fuel"},
		{"initialize loops", with(func(m *asm.Module) { m.Export("_initialize", m.Func("", "", asm.Loop(asm.Br(0)))) }), "out of fuel"},
		{"start loops", with(func(m *asm.Module) { m.Start(m.Func("", "", asm.Loop(asm.Br(0)))) }), "export _initialize instead"},
		{"start traps", with(func(m *asm.Module) { m.Start(m.Func("", "", asm.Op(asm.Unreachable))) }), "export _initialize instead"},
		{"memory of 4 GiB", func() []byte {
			m := &asm.Module{}
			m.Memory(65536, 0)
			m.Marker()
			m.Export("on_auth_expire", m.Func("", "i", asm.I32(0)))
			return m.Bytes()
		}(), "not a module that can be used"},
		{"two memories", with(func(m *asm.Module) { m.PrivateMemory(1, 0) }), "not a module"},
		{"imported memory", func() []byte {
			m := &asm.Module{}
			m.ImportMemory("env", "memory")
			m.Marker()
			m.Export("on_auth_expire", m.Func("", "i", asm.I32(0)))
			return m.Bytes()
		}(), "env.memory, which is not a function"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := openHost(t, plugins.Config{}).Load(context.Background(), plugins.Spec{
				Name: "bad", Module: test.module, Limits: manifest.Limits{StartFuel: 100_000},
			})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "plugin bad: ") {
				t.Errorf("got %v\nwant plugin bad: ... %s", err, test.want)
			}
		})
	}
}

// TestLoad_damaged: a module with any truncation or flipped bit is an error or a plugin,
// never a panic.
func TestLoad_damaged(t *testing.T) {
	module := good().Bytes()
	host := openHost(t, plugins.Config{})
	try := func(damaged []byte) {
		p, err := host.Load(context.Background(), plugins.Spec{Name: "damaged", Module: damaged})
		if err == nil {
			p.Close(context.Background())
		}
	}
	for n := range module {
		if n > 0 {
			if _, err := host.Load(context.Background(), plugins.Spec{Name: "cut", Module: module[:n]}); err == nil {
				t.Errorf("the first %d of %d bytes were loaded", n, len(module))
			}
		}
		for bit := range 8 {
			damaged := append([]byte(nil), module...)
			damaged[n] ^= 1 << bit
			try(damaged)
		}
	}
}

func TestLoad_spec(t *testing.T) {
	module := good().Bytes()
	text := `{"name":"named","version":"1","abi":{"major":1,"minor":0},"hooks":["auth-expire"]}`
	for _, test := range []struct {
		name string
		spec plugins.Spec
		want string // "" loads
	}{
		{"plain", plugins.Spec{Name: "x", Module: module}, ""},
		{"manifest's name", plugins.Spec{Module: module, Manifest: []byte(text)}, ""},
		{"nothing", plugins.Spec{Name: "x"}, "either a file or a module"},
		{"both", plugins.Spec{Name: "x", Module: module, File: "x.wasm"}, "either a file or a module"},
		{"no file", plugins.Spec{Name: "x", File: filepath.Join(t.TempDir(), "x.wasm")}, "no such file"},
		{"no name", plugins.Spec{Module: module}, "must consist of lower-case letters"},
		{"bad name", plugins.Spec{Name: "Bad Name", Module: module}, "lower-case"},
		{"pin", plugins.Spec{Name: "x", Module: module, SHA256: strings.Repeat("0", 64)}, "pin the new one"},
		{"half a pin", plugins.Spec{Name: "x", Module: module, SHA256: "00"}, "64 hexadecimal digits"},
		{"isolation", plugins.Spec{Name: "x", Module: module, Isolation: "some"}, "isolation"},
		{"limit", plugins.Spec{Name: "x", Module: module, Limits: manifest.Limits{HostCalls: -1}}, "is negative"},
		{"pages", plugins.Spec{Name: "x", Module: module, Limits: manifest.Limits{MemoryPages: 65537}}, "memory pages"},
		{"size", plugins.Spec{Name: "x", Module: module, Limits: manifest.Limits{ModuleBytes: 10}}, "more than 10 bytes"},
		{"grant", plugins.Spec{Name: "x", Module: module, Grants: manifest.Grants{Read: []string{"a*b"}}}, "pattern"},
		{"right", plugins.Spec{Name: "x", Module: module, Grants: manifest.Grants{Allow: []string{"all"}}}, "exp.extend"},
		{"config", plugins.Spec{Name: "x", Module: module, Config: map[string]string{"k": strings.Repeat("x", 1<<19)}}, "configuration"},
		{"manifest hooks", plugins.Spec{Module: module, Manifest: []byte(strings.Replace(text, "auth-expire", "token-claims", 1))}, "make them equal"},
		{"manifest point", plugins.Spec{Module: module, Manifest: []byte(strings.Replace(text, "auth-expire", "auth-expires", 1))}, `is "auth-expire" meant?`},
		{"manifest member", plugins.Spec{Module: module, Manifest: []byte(strings.Replace(text, "version", "verzion", 1))}, "verzion"},
		{"manifest major", plugins.Spec{Module: module, Manifest: []byte(strings.Replace(text, `"major":1`, `"major":2`, 1))}, "abi.major is 2"},
		{"manifest minor", plugins.Spec{Module: module, Manifest: []byte(strings.Replace(text, `"minor":0`, `"minor":9`, 1))}, "newer Cardea"},
		{"manifest twice", plugins.Spec{Module: module, Manifest: []byte(text + text)}, "more than one"},
		{"manifest empty", plugins.Spec{Module: module, Manifest: []byte("")}, "manifest"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := openHost(t, plugins.Config{}).Load(context.Background(), test.spec)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestLoad_manifestInside(t *testing.T) {
	manifest := `{"name":"inside","version":"2","abi":{"major":1,"minor":0},"hooks":["auth-expire"]}`
	m := good()
	m.Custom("hook.manifest", manifest)
	p := load(t, plugins.Config{}, plugins.Spec{Module: m.Bytes(), Name: "mine"})
	if p.Version() != "2" || p.Name() != "mine" {
		t.Errorf("got %s %s, want mine 2", p.Name(), p.Version())
	}
	if err := p.Restart(context.Background()); err != nil || p.Version() != "2" {
		t.Errorf("started anew: got version %s, %v, want 2", p.Version(), err)
	}
	other := strings.Replace(manifest, `"2"`, `"3"`, 1)
	_, err := openHost(t, plugins.Config{}).Load(context.Background(), plugins.Spec{Module: m.Bytes(), Manifest: []byte(other)})
	if err == nil || !strings.Contains(err.Error(), "differs") {
		t.Errorf("two manifests: got %v, want an error with %q", err, "differs")
	}
}

func TestLoad_file(t *testing.T) {
	file := filepath.Join(t.TempDir(), "from-file.wasm")
	if err := os.WriteFile(file, good().Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := openHost(t, plugins.Config{}).Load(context.Background(), plugins.Spec{File: file})
	if err != nil {
		t.Fatal(err)
	}
	if p.Name() != "from-file" || len(p.Digest()) != 64 {
		t.Errorf("got name %s, digest %s; want from-file and 64 hexadecimal digits", p.Name(), p.Digest())
	}
	manifest := `{"name":"beside","version":"1","abi":{"major":1,"minor":0},"hooks":["auth-expire"]}`
	if err := os.WriteFile(strings.TrimSuffix(file, "wasm")+"json", []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err = openHost(t, plugins.Config{}).Load(context.Background(), plugins.Spec{File: file}); err != nil || p.Name() != "beside" {
		t.Errorf("got %v, %v; want the manifest beside the module", p, err)
	}
}

func TestOpen_cacheDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	load(t, plugins.Config{CacheDir: dir}, plugins.Spec{Module: good().Bytes()})
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if got := info.Mode().Perm(); got != 0o700 {
		t.Errorf("cache directory has mode %o, want 700", got)
	}
	if err := os.Chmod(dir, 0o770); err != nil {
		t.Fatal(err)
	}
	if _, err := plugins.Open(context.Background(), plugins.Config{CacheDir: dir}); err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("a cache that others may enter: got %v, want an error with %q", err, "chmod 700")
	}
}

func TestLoad_sameName(t *testing.T) {
	host := openHost(t, plugins.Config{})
	spec := plugins.Spec{Name: "twin", Module: good().Bytes()}
	first, err := host.Load(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := host.Load(context.Background(), spec); err == nil || !strings.Contains(err.Error(), "already loaded") {
		t.Errorf("second of the name: got %v, want an error with %q", err, "already loaded")
	}
	if err := first.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := host.Load(context.Background(), spec); err != nil {
		t.Errorf("after Close: %v", err)
	}
}
