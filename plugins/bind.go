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
		return nil, fmt.Errorf("on_error %q: there are %s, %s and %s", b.OnError, Deny, Skip, LastGood)
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

// run is what the point calls.
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

// retry runs the hook once more if was has been replaced and closed between our
// looking at it and calling it, which makes no difference to the caller.
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

// save keeps what the event is, if another version may have to work on it after the
// first has changed half of it.
func (b *binding) save(view hooks.View) (restore func()) {
	if b.onError != LastGood || b.last.Load() == nil {
		return nil
	}
	return hooks.Save(view)
}

// fallBack runs the hook in the version before, whose word then counts.
func (b *binding) fallBack(ctx context.Context, last *version, view hooks.View, f *Fault, restore func()) error {
	switch {
	case restore != nil:
		restore()
	case f.Class == FaultCommit:
		return refused(f) // the event is no longer what it was
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

// report logs a failure, once a second for each of its classes, and tells the host's
// owner of it.
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
