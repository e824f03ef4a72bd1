package wasm

import (
	"errors"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

// TestCall_byTheClock: a guest with unlimited fuel ends when its time is over, and an
// instance whose call ended in time can be used again.
func TestCall_byTheClock(t *testing.T) {
	m := asm.Hook("on_auth_expire", asm.Loop(asm.Br(0)), asm.I32(0))
	m.Export("quick", m.Func("", "i", asm.I32(7)))
	i := timed(t, m)
	for end := time.Now().Add(3 * watchTick); time.Now().Before(end); {
		if got, err := i.Call("quick", 1000); got != 7 || err != nil {
			t.Fatalf("Call(\"quick\", 1000) = %d, %v; want 7", got, err)
		}
	}
	began := time.Now()
	_, err := i.Call("on_auth_expire", 1<<60)
	if !errors.Is(err, ErrTime) || !errors.Is(err, ErrFuel) {
		t.Errorf("got %v, want ErrTime", err)
	}
	if took := time.Since(began); took < 50*time.Millisecond || took > 30*time.Second {
		t.Errorf("it ended after %s, want 100 ms or a little more", took)
	}
}

// timed returns an instance whose calls may take 100 ms.
func timed(t *testing.T, m *asm.Module, funcs ...Func) *Instance {
	t.Helper()
	opts := plenty
	opts.Time, opts.Funcs = 100*time.Millisecond, funcs
	return shared(t, m, opts, nil)
}

// slowly runs a guest that calls the host repeatedly.
func slowly(t *testing.T, turns int32, host func(*Instance)) (int32, error) {
	t.Helper()
	m := &asm.Module{}
	slow := m.Import("h", "slow", "", "")
	m.Memory(1, 1)
	m.Export("run", m.FuncLocals("", "i", "i", asm.Loop(asm.Call(slow), countUp, asm.I32(turns), asm.Op(asm.LtU), asm.BrIf(0)), asm.I32(7)))
	return timed(t, m, Func{Module: "h", Name: "slow", Call: func(i *Instance, _ []uint64) { host(i) }}).Call("run", 1<<60)
}

// TestCall_byTheClockInHostCalls: a guest that mostly calls the host never reaches a check
// of its time, and may not use a slice of fuel, so host calls check it.
func TestCall_byTheClockInHostCalls(t *testing.T) {
	for _, burns := range []int64{0, meter.Slice} {
		calls, late := 0, 0
		_, err := slowly(t, 1000, func(i *Instance) {
			if calls++; i.state.Load() == ending {
				late++
			}
			i.Burn(burns)
			time.Sleep(100 * time.Millisecond)
		})
		if !errors.Is(err, ErrTime) {
			t.Errorf("burning %d: got %v after %d calls, want ErrTime", burns, err, calls)
		}
		if late > 1 { // the time may be over just then
			t.Errorf("burning %d: %d of %d host calls after the time was over", burns, late, calls)
		}
	}
}

// TestCall_pause: time that a guest waits for the host is not counted.
func TestCall_pause(t *testing.T) {
	waiting := func(i *Instance) {
		spent := i.Pause()
		time.Sleep(500 * time.Millisecond)
		i.Resume(spent)
	}
	if got, err := slowly(t, 1, waiting); got != 7 || err != nil {
		t.Errorf("waiting: got %d, %v; want 7", got, err)
	}
	_, err := slowly(t, 1000, func(i *Instance) {
		waiting(i)
		time.Sleep(100 * time.Millisecond)
	})
	if !errors.Is(err, ErrTime) {
		t.Errorf("waiting and working: got %v, want ErrTime", err)
	}
}
