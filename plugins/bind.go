package plugins

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
)

// binding is a plugin at one point.
type binding struct {
	*versions
	hook    *sandbox.Hook
	id      string
	onError string
	onFault func(context.Context, *Fault)
}

func newBinding(name string, of *versions, point hooks.Point, b Binding, onFault func(context.Context, *Fault), own ...abi.Point) (*binding, error) {
	hook, err := sandbox.NewHook(point, own, b.Shadow)
	if err != nil {
		return nil, err
	}
	made := &binding{versions: of, hook: hook, id: name, onError: cmp.Or(b.OnError, defaultOnError(hook.Entry)), onFault: onFault}
	if !slices.Contains([]string{Deny, Skip, LastGood}, made.onError) {
		return nil, fmt.Errorf("on_error is %q, must be %s, %s or %s", b.OnError, Deny, Skip, LastGood)
	}
	if b.Shadow {
		made.id += "-shadow"
	}
	return made, nil
}

func defaultOnError(p abi.Point) string {
	if p.Filter && !p.Enrich {
		return Deny
	}
	return Skip
}

// run is the handler that the point calls.
func (b *binding) run(ctx context.Context, view hooks.View) error {
	v, restore := b.live.Load(), b.save(view)
	err := v.Call(ctx, b.hook, view)
	if err == nil {
		return nil
	}
	f, broken := err.(*Fault) // made by fault, never wrapped; errors.As would allocate
	if broken && f.Class == FaultClosed {
		v, err = b.retry(ctx, view, v, err)
		f, broken = err.(*Fault)
	}
	if !broken {
		return err
	}
	b.report(ctx, v, f)
	switch {
	case b.hook.Shadow:
		return b.hook.Skip()
	case b.onError == LastGood:
		if last := b.last.Load(); last != nil {
			return b.fallBack(ctx, last, view, f, restore)
		}
	case b.onError == Skip:
		return b.hook.Skip()
	}
	return refused(f)
}

// retry calls the hook again if the version was replaced and closed between loading it
// and calling it. The caller does not notice the reload.
func (b *binding) retry(ctx context.Context, view hooks.View, was *version, err error) (*version, error) {
	for now := b.live.Load(); now != was && isClosed(err); now = b.live.Load() {
		was = now
		err = was.Call(ctx, b.hook, view)
	}
	return was, err
}

func isClosed(err error) bool {
	f, ok := err.(*Fault)
	return ok && f.Class == FaultClosed
}

// save saves the event if the last good version may have to run after the live version
// has partly changed it. It returns nil if there is nothing to restore.
func (b *binding) save(view hooks.View) (restore func()) {
	if b.onError != LastGood || b.last.Load() == nil {
		return nil
	}
	return hooks.Save(view)
}

// fallBack runs the hook in the previous version, whose result is final.
func (b *binding) fallBack(ctx context.Context, last *version, view hooks.View, f *Fault, restore func()) error {
	switch {
	case restore != nil:
		restore()
	case f.Class == FaultCommit:
		return refused(f) // the event can no longer be restored
	}
	if last.serves(b.hook) != nil {
		return refused(last.Fault(b.hook, FaultStart, errors.New("the last good version has no such hook")))
	}
	err := last.Call(ctx, b.hook, view)
	if f, broken := err.(*Fault); broken {
		b.report(ctx, last, f)
		return refused(f)
	}
	return err
}

// report logs a failure, at most once a second for each class, and calls OnFault.
func (b *binding) report(ctx context.Context, v *version, f *Fault) {
	if skipped, ok := b.hook.Admit(f.Class); ok {
		b.log(ctx, v, f, skipped)
	}
	b.onFault(ctx, f)
}

func (b *binding) log(ctx context.Context, v *version, f *Fault, skipped int) {
	facts := []any{"point", f.Point, "class", f.Class, "on_error", b.onError, "error", f.Err}
	if value, ok := errors.AsType[*hooks.ValueError](f.Err); ok {
		facts = append(facts, "key", value.Key, "rule", value.Rule)
	}
	v.log.WarnContext(ctx, "plugin failed", append(facts, "not_logged", skipped)...)
}

func refused(f *Fault) error {
	return api.Wrap(api.Denied, api.ReasonHookFailed, hooks.FailureText("plugin "+f.Plugin, f.Point, f.Err), f)
}
