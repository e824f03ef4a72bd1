package wasm

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// TestCall_byTheClock: a guest with fuel for years ends when its time is over, and
// the instance of a call that ended in time is as before.
func TestCall_byTheClock(t *testing.T) {
	m := asm.Hook("on_auth_expire", asm.Loop(asm.Br(0)), asm.I32(0))
	m.Export("quick", m.Func("", "i", asm.I32(7)))
	ctx := context.Background()
	engine, err := NewEngine("")
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close(ctx)
	opts := plenty
	opts.Time = 100 * time.Millisecond
	module, err := engine.Compile(ctx, m.Bytes(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer module.Close(ctx)
	i, err := module.Instantiate(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	for end := time.Now().Add(3 * watchTick); time.Now().Before(end); {
		if got, err := i.Call("quick", 1000); got != 7 || err != nil {
			t.Fatalf("got %d, %v", got, err)
		}
	}
	began := time.Now()
	_, err = i.Call("on_auth_expire", 1<<60)
	if !errors.Is(err, ErrTime) || !errors.Is(err, ErrFuel) {
		t.Errorf("got %v, want ErrTime", err)
	}
	if took := time.Since(began); took < 50*time.Millisecond || took > 30*time.Second {
		t.Errorf("it ended after %s, want 100 ms or a little more", took)
	}
}

// TestCall_byTheClockInHostCalls: a guest whose tank the host fills again, for what it
// burns in the guest's name, never looks whether its time is over; the host does.
func TestCall_byTheClockInHostCalls(t *testing.T) {
	m := &asm.Module{}
	slow := m.Import("h", "slow", "", "")
	m.Memory(1, 1)
	m.Export("run", m.FuncLocals("", "i", "i", asm.Loop(asm.Call(slow), countUp, whileLow), asm.I32(7)))
	ctx := context.Background()
	engine, err := NewEngine("")
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close(ctx)
	opts := plenty
	opts.Time = 100 * time.Millisecond
	calls := 0
	opts.Funcs = []Func{{Module: "h", Name: "slow", Call: func(i *Instance, _ []uint64) {
		calls++
		i.Burn(meter.Slice)
		time.Sleep(10 * time.Millisecond)
	}}}
	module, err := engine.Compile(ctx, m.Bytes(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer module.Close(ctx)
	i, err := module.Instantiate(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	if _, err := i.Call("run", 1<<60); !errors.Is(err, ErrTime) {
		t.Errorf("got %v after %d calls, want ErrTime", err, calls)
	}
	if calls > 1000 {
		t.Errorf("%d calls of 10 ms in 100 ms", calls)
	}
}
