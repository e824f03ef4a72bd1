// Package asm assembles small WebAssembly modules byte by byte, so that tests need no
// compiler and can build modules that no compiler would.
//
// The tests of plugins, meter and wasm use it:
//
//	m := asm.Hook("on_auth_expire", asm.I32(0))       // a module that is a plugin
//	m.Export("on_token_claims", m.Func("", "i", asm.Loop(asm.Br(0)), asm.I32(0)))
//	module := m.Bytes()
//
// It checks nothing: many tests want an invalid module.
package asm
