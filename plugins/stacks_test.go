package plugins_test

import (
	"context"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// deepening adds a function that calls itself as often as its argument says and returns 0,
// to a module that has only the marker.
func deepening(m *asm.Module) uint32 {
	const self = 1 // the marker is function 0
	return m.Func("i", "i", asm.Local(0), []byte{0x04, 0x7F},
		asm.Local(0), asm.I32(1), asm.Op(asm.Sub), asm.Call(self), asm.I32(0), asm.Op(asm.Add),
		[]byte{0x05}, asm.I32(0), []byte{0x0B})
}

// descending returns a module with a hook at each filter point that calls itself depth
// times and returns 0.
func descending(depth int32) (module []byte, points []string) {
	m := &asm.Module{}
	m.Memory(1, 0)
	m.Marker()
	down := deepening(m)
	for _, p := range abi.Points() {
		if p.Filter {
			points = append(points, p.Name)
			m.Export(abi.Export(p.Name), m.Func("", "i", asm.I32(depth), asm.Call(down)))
		}
	}
	return m.Bytes(), points
}

// TestStacks_releasedAtStart: configure and _initialize release their stacks too.
func TestStacks_releasedAtStart(t *testing.T) {
	plugins.NeedsCompiler(t)
	for _, isolation := range []string{plugins.Reset, plugins.Reuse} {
		m := &asm.Module{}
		m.Memory(1, 0)
		m.Marker()
		down := deepening(m)
		m.Export(abi.Initialize, m.Func("", "", asm.I32(100_000), asm.Call(down), asm.Op(asm.Drop)))
		m.Export(abi.Configure, m.Func("", "i", asm.I32(100_000), asm.Call(down)))
		m.Export("on_auth_expire", m.Func("", "i", asm.I32(0)))
		heapBefore, before := heap(), resident()
		load(t, plugins.Config{}, plugins.Spec{Module: m.Bytes(), Isolation: isolation})
		settles(t, heapBefore, before)
	}
}

// TestStacks_released: a deep call that succeeds releases its stack, at each of many
// points, whether or not the instance is used again.
func TestStacks_released(t *testing.T) {
	plugins.NeedsCompiler(t)
	for _, isolation := range []string{plugins.Reset, plugins.Reuse} {
		t.Run(isolation, func(t *testing.T) {
			module, points := descending(100_000)
			p := load(t, plugins.Config{}, plugins.Spec{Module: module, Isolation: isolation, Limits: manifest.Limits{Instances: 2}})
			heapBefore, before := heap(), resident()
			for _, name := range points {
				point := bind(t, p, name, plugins.Deny)
				var calls sync.WaitGroup
				for range 2 {
					calls.Go(func() {
						if _, err := point.Apply(context.Background(), newEvent()); err != nil {
							t.Error(name, err)
						}
					})
				}
				calls.Wait()
			}
			settles(t, heapBefore, before)
		})
	}
}
