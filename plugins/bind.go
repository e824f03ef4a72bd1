package plugins

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// binding is a plugin at one point.
type binding struct {
	plugin  *Plugin
	point   hooks.Point
	id      string
	place   int // of the point in the catalogue
	onError string
	shadow  bool
	lines   api.LogLimit // by class of failure
}

func (p *Plugin) newBinding(point hooks.Point, b Binding) (*binding, error) {
	catalogue := abi.Points()
	made := &binding{plugin: p, point: point, id: p.name, place: place(catalogue, point.Name()), shadow: b.Shadow}
	if made.place < 0 {
		return nil, fmt.Errorf("guests know no such point%s", manifest.SuggestPoint(point.Name()))
	}
	made.onError = cmp.Or(b.OnError, defaultOnError(catalogue[made.place]))
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
	v, restore := b.plugin.live.Load(), b.save(view)
	err := v.call(ctx, b, view)
	if err == nil {
		return nil
	}
	f, broken := err.(*Fault) // made by fault, never wrapped; errors.As would allocate
	if broken && f.Class == FaultClosed {
		v, err = b.again(ctx, view, v, err)
		f, broken = err.(*Fault)
	}
	if !broken {
		return err
	}
	b.report(ctx, v, f)
	switch {
	case b.shadow:
		return b.skip()
	case b.onError == LastGood:
		if last := b.plugin.last.Load(); last != nil {
			return b.fallBack(ctx, last, view, f, restore)
		}
	case b.onError == Skip:
		return b.skip()
	}
	return refused(f)
}

// again runs the hook once more if was has been replaced and closed between our
// looking at it and calling it, which makes no difference to the caller.
func (b *binding) again(ctx context.Context, view hooks.View, was *version, err error) (*version, error) {
	for now := b.plugin.live.Load(); now != was && isClosed(err); now = b.plugin.live.Load() {
		was = now
		err = was.call(ctx, b, view)
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
	if b.onError != LastGood || b.plugin.last.Load() == nil {
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
	if last.serves(b) != nil {
		return refused(last.fault(b, FaultStart, errors.New("the last good version has no such hook")))
	}
	err := last.call(ctx, b, view)
	if f, broken := err.(*Fault); broken {
		b.report(ctx, last, f)
		return refused(f)
	}
	return err
}

// report logs a failure, once a second for each of its classes, and tells the host's
// owner of it.
func (b *binding) report(ctx context.Context, v *version, f *Fault) {
	if skipped, ok := b.lines.Admit(f.Class, time.Now()); ok {
		b.log(ctx, v, f, skipped)
	}
	v.host.cfg.OnFault(ctx, f)
}

func (b *binding) log(ctx context.Context, v *version, f *Fault, skipped int) {
	facts := []any{"point", f.Point, "class", f.Class, "on_error", b.onError, "err", f.Err}
	if value, ok := errors.AsType[*hooks.ValueError](f.Err); ok {
		facts = append(facts, "key", value.Key, "rule", value.Rule)
	}
	v.log.WarnContext(ctx, "plugin broke", append(facts, "not_logged", skipped)...)
}

func refused(f *Fault) error {
	return api.Wrap(api.Denied, api.ReasonHookFailed, hooks.FailureText("plugin "+f.Plugin, f.Point, f.Err), f)
}

// skip goes on as if the plugin were not there.
func (b *binding) skip() error {
	if b.point.IsFilter() {
		return hooks.ErrSkip
	}
	return nil
}

func (v *version) fault(b *binding, class string, err error) *Fault {
	return &Fault{Plugin: v.name, Point: b.point.Name(), Class: class, Err: shortError{err}}
}
