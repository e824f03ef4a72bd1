package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Starting a guest runs its start functions: _initialize, then configure.

// starting returns the start functions that the module exports, in order.
func (e *env) starting() []string {
	return slices.DeleteFunc([]string{abi.Initialize, abi.Configure}, func(name string) bool {
		_, ok := e.Declared.Exports[name]
		return !ok
	})
}

func (e *env) configure(i *wasm.Instance) error {
	for _, name := range e.starting() {
		if err := e.step(i, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// step runs one of them and frees its stack, since it does not run again.
func (e *env) step(i *wasm.Instance, name string) error {
	defer i.Forget(name)
	status, err := i.Call(name, e.Limits.StartFuel)
	if err != nil {
		return startError(err)
	}
	if status != 0 {
		return fmt.Errorf("it refuses its configuration: %s", cmp.Or(i.State.(*guest).failure, fmt.Sprintf("status %d", status)))
	}
	return nil
}

// startError adds advice to the error of a start that runs out of fuel.
func startError(err error) error {
	if !errors.Is(err, wasm.ErrFuel) {
		return err
	}
	return fmt.Errorf("%w: move the work out of its start (init, configure) into the hook, or raise limits.start_fuel", err)
}

// measure starts an instance, even if a step fails.
func (e *env) measure(ctx context.Context) []Start {
	i, err := e.Module.Instantiate(ctx, newGuest(ctx, e), e.usage.Time)
	if err != nil {
		return []Start{{Name: "instance", Error: err.Error()}}
	}
	defer i.Close()
	var steps []Start
	for _, name := range e.starting() {
		err := e.step(i, name)
		s := Start{Name: name, Limit: e.Limits.StartFuel}
		s.Fuel = s.Limit - max(0, i.Fuel())
		if err != nil {
			s.Error = err.Error()
		}
		if steps = append(steps, s); err != nil {
			break
		}
	}
	return steps
}
